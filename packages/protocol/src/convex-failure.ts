import type { EncodedValue } from '@betterbase/core';
import type { WireError } from './wire-error.ts';

/** An error as Convex's clients take it. */
export interface ConvexFailure {
  readonly errorMessage: string;
  /** Makes it a `ConvexError` with this as its `data`, encoded. */
  readonly errorData?: EncodedValue;
}

/**
 * What a Convex client is told. Its hooks know a cursor that does not fit any more by the word `InvalidCursor`, and start
 * again from the first page.
 */
export function toConvexFailure({ code, message, hint, data, requestId }: WireError): ConvexFailure {
  if (data !== undefined) return { errorMessage: message, errorData: data };
  if (code === 'query/bad-cursor') {
    return {
      errorMessage: `InvalidCursor: ${message}`,
      errorData: { isConvexSystemError: true, paginationError: 'InvalidCursor' },
    };
  }
  const found = requestId === undefined ? '' : `[Request ID: ${requestId}] `;
  // Apps recognise by these words that their own code failed.
  const failed = code === 'function/threw' ? 'Server Error\n' : '';
  return { errorMessage: `${found}${failed}${message}${hint === undefined ? '' : ` ${hint}`}` };
}
