/** There and back: a visit to an issuer, after which only the page that began it can have the session (RFC 7636). */
import { BetterBaseError } from '@betterbase/core';
import type { AuthResult } from '../auth/auth-calls.ts';
import type { SignedIn, UserAuth } from '../auth/user-auth.ts';

const key = 'betterbase_verifier';

/** What is needed of the page; tests hand in their own. */
export interface Place {
  /** Its address. */
  page(): string;
  go(url: string): void;
  /** The address is this one from now on, without a visit. */
  rename(url: string): void;
  /** Kept while the tab is away. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export function browserPlace(): Place | null {
  if (typeof document === 'undefined') return null;
  return {
    page: () => location.href.replace(/#.*$/, ''),
    go: (url) => location.assign(url),
    rename: (url) => history.replaceState(history.state, '', url),
    storage: sessionStorage,
  };
}

export async function startVisit(
  place: Place,
  url: string,
  { redirectTo, link, scopes }: { readonly redirectTo: string; readonly link: string | undefined; readonly scopes: string | undefined },
): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  place.storage.setItem(key, verifier);
  const query = new URLSearchParams({
    redirectTo,
    code_challenge: base64url(new Uint8Array(digest)),
    ...(link && { link }),
    ...(scopes && { scopes }),
  });
  place.go(`${url}?${query.toString()}`);
}

/** The page is where a visit has ended: takes what it brings out of the address, and the session. Null: it is not. */
export async function endVisit(place: Place, auth: Pick<UserAuth, 'call'>): Promise<AuthResult<SignedIn> | null> {
  const url = new URL(place.page());
  const [code, error, message] = ['code', 'error', 'error_description'].map((name) => {
    const value = url.searchParams.get(name);
    url.searchParams.delete(name);
    return value;
  });
  const verifier = place.storage.getItem(key);
  if (!(code || error) || verifier === null) return null;
  place.storage.removeItem(key);
  place.rename(url.href);
  if (code) return await auth.call('exchange', { code, verifier });
  return { data: null, error: new BetterBaseError('auth/refused', String(message), { details: { code: error } }) };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
