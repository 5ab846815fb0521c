import { BetterBaseError } from '@betterbase/core';

/** What a caller shows to prove who it is; null: nothing. @throws BetterBaseError `auth/bad-token` when it shows something else. */
export function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.trim() === '') return null;
  const token = readBearer(authorization);
  if (token !== null) return token;
  throw new BetterBaseError('auth/bad-token', 'The header Authorization is not `Bearer <token>`.', {
    hint: 'Send the token of a signed-in user there, or leave the header out.',
  });
}

/** As `bearerToken`, where the header may mean something else. */
export function readBearer(authorization: string | undefined): string | null {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
