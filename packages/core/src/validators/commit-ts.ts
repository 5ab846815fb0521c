import { int64 } from './int64.ts';
import type { Validator } from './validator.ts';

export interface VCommitTs extends Validator<bigint, 'required', never> {
  readonly kind: 'commitTs';
}

/** When a document was last committed: write `ctx.db.vars.commitTs`. Larger for whatever was committed later. */
export function commitTs(): VCommitTs {
  return { ...int64(), kind: 'commitTs' } as unknown as VCommitTs;
}
