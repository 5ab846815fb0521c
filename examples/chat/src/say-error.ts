import { isAppError } from '@betterbase/core';

/** What went wrong, for the person in front of the screen. What the app threw on purpose is a sentence already. */
export function sayError(error: unknown): string {
  if (isAppError(error) && typeof error.data === 'string') return error.data;
  return error instanceof Error ? error.message : String(error);
}
