/** Signed-in users: an entry of its own, so that apps without them do not load it. */
import type { BetterBaseClient } from '../client.ts';
import { createClient as createPlainClient } from '../create-client.ts';
import type { ClientOptions } from '../options.ts';
import { webPlatform } from '../platform/web-platform.ts';
import type { SessionStorage } from './auth-session.ts';
import { type FetchToken, SignIn, type SignInEvents } from './sign-in.ts';
import { createUserAuth, type UserAuth } from './user-auth.ts';

export type { AuthResult, Fields } from './auth-calls.ts';
export type { AuthEvent, AuthListener, Session, SessionStorage, User } from './auth-session.ts';
export type { FetchToken } from './sign-in.ts';
export type { SignedIn, UserAuth } from './user-auth.ts';

export interface AuthClientOptions extends ClientOptions {
  /** Where the session of the project's own users is kept between visits; null: nowhere. In browsers `localStorage`, if absent. */
  readonly storage?: SessionStorage | null;
}

/** A client that may have a signed-in user. */
export interface AuthClient extends BetterBaseClient {
  /** The project's own users: signing up, in and out. */
  readonly auth: UserAuth;
  /**
   * Says who the user is from now on, with tokens that `fetchToken` gets. Until the first one is there, nothing is sent.
   * `onChange` hears when the server has confirmed the user, and when it turns out that nobody is signed in.
   */
  setAuth(fetchToken: FetchToken, onChange?: SignInEvents['onChange'], onRefreshChange?: SignInEvents['onRefreshChange']): void;
  /** Nobody is signed in from now on. */
  clearAuth(): void;
}

const signIns = new WeakMap<BetterBaseClient, SignIn>();

/** As the method of `AuthClient`, for a client that was made without. */
export function setAuth(client: BetterBaseClient, fetchToken: FetchToken, events: SignInEvents = {}): void {
  void signInOf(client).set({ fetchToken, ...events });
}

/** As the method of `AuthClient`, for a client that was made without. */
export function clearAuth(client: BetterBaseClient): void {
  signInOf(client).clear();
}

/** Gives the client `auth`, `setAuth` and `clearAuth`. */
export function withAuth(client: BetterBaseClient, { storage, platform }: Omit<AuthClientOptions, 'url'> = {}): AuthClient {
  const auth = createUserAuth({
    url: client.url,
    storage: storage === undefined ? browserStorage() : storage,
    platform: { ...webPlatform, ...platform },
    enter: (fetchToken) => setAuth(client, fetchToken),
    leave: () => clearAuth(client),
  });
  return Object.assign(client, {
    auth,
    setAuth: (...[fetchToken, onChange, onRefreshChange]: Parameters<AuthClient['setAuth']>) =>
      setAuth(client, fetchToken, { onChange, onRefreshChange }),
    clearAuth: () => clearAuth(client),
  });
}

/**
 * A client of one project whose users sign in.
 *
 * @example
 * const client = createClient({ url: 'https://api.example.com/p/shop' });
 * const { error } = await client.auth.signIn('ada@example.com', password);
 * @throws BetterBaseError `config/invalid` when the url is not one.
 */
export function createClient(options: AuthClientOptions): AuthClient {
  return withAuth(createPlainClient(options), options);
}

function browserStorage(): SessionStorage | null {
  try {
    return typeof document === 'undefined' ? null : localStorage;
  } catch {
    // The browser was told to keep nothing.
    return null;
  }
}

function signInOf(client: BetterBaseClient): SignIn {
  const known = signIns.get(client);
  if (known !== undefined) return known;
  const created = client.guardWith((guarded, platform) => new SignIn(guarded, platform));
  signIns.set(client, created);
  return created;
}
