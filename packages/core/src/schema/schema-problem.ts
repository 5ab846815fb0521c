import type { ErrorCode } from '../errors/codes.ts';

/** One thing that is wrong with a schema. */
export interface SchemaProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}
