import type { EncodedValue, ErrorCode } from '@betterbase/core';

/** An error as data: what crosses isolates, sockets and HTTP. */
export interface WireError {
  readonly code: ErrorCode;
  /** What happened, to what. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** What the app author gave to `AppError`, encoded. Present exactly when `code` is `function/app-error`. */
  readonly data?: EncodedValue;
  /** More for machines: a list of problems, for instance. */
  readonly details?: unknown;
  /** Finds the call in the logs. */
  readonly requestId?: string;
}
