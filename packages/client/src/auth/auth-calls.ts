import { BetterBaseError } from '@betterbase/core';
import { isBetterBaseError } from '../errors/is-betterbase-error.ts';
import { hasCodeForm } from '../errors/to-error.ts';

/** What became of a call: never thrown, so that forms can show it. */
export type AuthResult<Data> = { readonly data: Data; readonly error: null } | { readonly data: null; readonly error: BetterBaseError };

export type Fields = Readonly<Record<string, unknown>>;

export async function toResult<Data>(work: () => Promise<Data>): Promise<AuthResult<Data>> {
  try {
    return { data: await work(), error: null };
  } catch (thrown) {
    return { data: null, error: isBetterBaseError(thrown) ? thrown : new BetterBaseError('connection/lost', String(thrown)) };
  }
}

/** What the server says. @throws BetterBaseError when it refuses, and whatever `fetch` throws */
export async function readAnswer(response: Response): Promise<Fields> {
  const details = ((await response.json().catch(() => null)) ?? {}) as Fields;
  if (response.ok) return details;
  const { errorCode = details['code'], error = response.status } = details;
  throw new BetterBaseError(hasCodeForm(errorCode) ? errorCode : 'auth/refused', String(error), { details });
}
