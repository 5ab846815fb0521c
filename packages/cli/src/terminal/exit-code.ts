import { type ErrorCode, errorCodes, type CodeRow } from '@betterbase/core';

export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, bug: 70 } as const;

/** Derived from the code's row: whose mistake it is, and whether trying later can help. Null: an error without a name. */
export function exitCodeFor(code: ErrorCode | null): number {
  if (code === null) return exitCodes.bug;
  if (code.startsWith('usage/')) return exitCodes.usage;
  const { blame, retry, status }: CodeRow = errorCodes[code];
  if (blame !== 'us') return exitCodes.failed;
  return retry !== 'never' && status !== 500 ? exitCodes.unreachable : exitCodes.bug;
}
