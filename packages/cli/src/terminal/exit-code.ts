import type { BetterBaseError } from '@betterbase/core';

export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, bug: 70 } as const;

/** Derived from the error's row: whose mistake it is, and whether trying later can help. Null: an error without a name. */
export function exitCodeFor(error: BetterBaseError | null): number {
  if (error === null) return exitCodes.bug;
  if (error.code.startsWith('usage/')) return exitCodes.usage;
  const { blame, retry, status } = error.row;
  if (blame !== 'us') return exitCodes.failed;
  return retry !== 'never' && status !== 500 ? exitCodes.unreachable : exitCodes.bug;
}
