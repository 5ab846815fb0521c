import { isAppError } from '@betterbase/core';

/** What the browser calls it when the user has changed their mind. */
const changedMind = new Set<unknown>(['NotAllowedError', 'AbortError']);

/** What went wrong, for the person in front of the screen; null: nothing that they do not know. */
export function sayError(error: unknown): string | null {
  if (isAppError(error) && typeof error.data === 'string') return error.data;
  if (!(error instanceof Error)) return String(error);
  const { details } = error as { readonly details?: { readonly code?: unknown } };
  return changedMind.has(details?.code) ? null : error.message;
}
