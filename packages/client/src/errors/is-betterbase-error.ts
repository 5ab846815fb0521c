import type { BetterBaseError } from '@betterbase/core';

/** True for failures that have a code. In a client there is no other isolate that an error could come from, so the name will do. */
export function isBetterBaseError(error: unknown): error is BetterBaseError {
  return error instanceof Error && error.name === 'BetterBaseError';
}
