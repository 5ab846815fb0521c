/** A client whose `auth` knows every way to sign in, by name. `@betterbase/client/auth` has what most apps need, and weighs less. */
import { type AuthClient, type AuthClientOptions, createClient as createAuthClient } from '../auth/index.ts';
import type { UserAuth } from '../auth/user-auth.ts';
import { createFlows, type UserFlows } from './flows.ts';
import { browserPlace, endVisit } from './redirect.ts';

export * from '../auth/index.ts';
export type { Passkey, PasskeyFlows, PasskeySignIn } from './passkeys.ts';
export type { DeviceSession, Identity, ProviderChoice, ProviderToken, SecondFactor, UserFlows } from './flows.ts';

export type UserClient = AuthClient & { readonly auth: UserAuth & UserFlows & { readonly visit: ReturnType<typeof endVisit> } };

/**
 * A client of one project whose users sign in. On a page where a visit to an issuer ends it takes the session by itself:
 * `auth.visit` tells what became of that, or null.
 *
 * @throws BetterBaseError `config/invalid` when the url is not one.
 */
export function createClient(options: AuthClientOptions): UserClient {
  const client = createAuthClient(options);
  const place = browserPlace();
  const visit = place === null ? Promise.resolve(null) : endVisit(place, client.auth);
  return Object.assign(client, { auth: Object.assign(client.auth, createFlows(client.auth, place, client.url), { visit }) });
}
