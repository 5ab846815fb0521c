import { isPlainObject } from '@betterbase/core';

/** A timer waits 24 days at most, ms. */
const longestWait = 20 * 24 * 60 * 60 * 1000;
const longestLeeway = 30_000;
/** Tokens tell time in whole seconds, ms. */
const rounding = 1_000;

/**
 * How long from now the token should be replaced, ms; null when it does not say.
 *
 * A tenth of its life and a second before it ends, and 30 s at most. `isFresh`: it was made just now, so that the clock of this machine need
 * not be right.
 */
export function refreshDelay(token: string, isFresh: boolean, now: number): number | null {
  const { iat, exp } = readClaims(token);
  if (typeof iat !== 'number' || typeof exp !== 'number') return null;
  const life = (exp - iat) * 1000;
  const left = isFresh ? life : Math.min(life, exp * 1000 - now);
  return Math.max(0, Math.min(left - Math.min(longestLeeway, life / 10 + rounding), longestWait));
}

/** Tells users apart; null is nobody. */
export function userOf(token: string | null): string | null {
  if (token === null) return null;
  const { iss, sub } = readClaims(token);
  return JSON.stringify([iss, sub]);
}

/** What the token says; nothing is checked, that is the server's to do. */
function readClaims(token: string): Record<string, unknown> {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const claims: unknown = JSON.parse(text);
    return isPlainObject(claims) ? claims : {};
  } catch {
    // Not a JSON Web Token: the server will say so.
    return {};
  }
}
