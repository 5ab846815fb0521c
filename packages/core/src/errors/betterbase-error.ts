import { type ErrorCode, isErrorCode } from './codes.ts';

export interface ErrorParts {
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  /** More for machines, e.g. the list of problems. Plain JSON. */
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A failure with a name. The message says what happened, to what; the hint says what to do next. */
export class BetterBaseError extends Error {
  override readonly name = 'BetterBaseError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.hint = parts.hint;
    this.details = parts.details;
  }
}

/** Asks for the code, never for the class: class identity does not survive a call between isolates. */
export function isBetterBaseError(error: unknown): error is BetterBaseError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && isErrorCode(error.code);
}
