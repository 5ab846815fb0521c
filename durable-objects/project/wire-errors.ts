import { type BetterBaseError, isBetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** A failure as data. What has no code is logged whole and told to nobody. */
export function toWireError(failure: unknown, requestId?: string): WireError {
  if (isBetterBaseError(failure)) return namedError(failure, requestId);
  console.error(JSON.stringify({ level: 'error', requestId, failure: describe(failure) }));
  return {
    code: 'internal/unexpected',
    message: 'Something went wrong on our side.',
    hint: requestId === undefined ? 'Try again in a moment.' : 'Try again in a moment. The request id finds this in the logs.',
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function namedError({ code, message, hint, details }: BetterBaseError, requestId: string | undefined): WireError {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function describe(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
