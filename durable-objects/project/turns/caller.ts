import type { Identity } from '@betterbase/engine';

/** Who is calling, and how far the call may reach. */
export interface Caller {
  readonly identity: Identity | null;
  /** Equal for callers whom a function cannot tell apart. */
  readonly identityKey: string;
  readonly reach: 'public' | 'any';
}

/** Claims that change with every token, so that they say nothing about who somebody is. */
const passingClaims = new Set(['iat', 'exp', 'jti']);

export function createCaller(identity: Identity | null, reach: Caller['reach']): Caller {
  return { identity, identityKey: identity === null ? '' : canonicalText(identity), reach };
}

/** Nobody signed in, calling from outside. */
export const stranger: Caller = createCaller(null, 'public');

function canonicalText(identity: Identity): string {
  const claims = Object.entries(identity).filter(([name]) => !passingClaims.has(name));
  claims.sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(claims);
}
