import type { AuthResult, Fields } from '../auth/auth-calls.ts';
import type { SignedIn, UserAuth } from '../auth/user-auth.ts';

export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  /** Whether it is on one device, or goes along to the user's others. */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  readonly createdAt: string;
  /** Null: never. */
  readonly lastUsedAt: string | null;
}

export interface PasskeySignIn {
  /**
   * Offers passkeys where the page has `<input autocomplete="username webauthn">`, and waits until the user chooses one, or
   * begins something else with a passkey: then `details.code` is `AbortError`. `NotSupportedError`: this browser cannot.
   */
  readonly autofill?: boolean;
}

/** Signing in with what the device keeps. What it refuses is `auth/refused`, and `details.code` what the browser calls that. */
export interface PasskeyFlows {
  /** Makes an account that has a passkey and nothing else; whoever signed in anonymously keeps theirs. */
  signUpWithPasskey(name?: string): Promise<AuthResult<SignedIn>>;
  signInWithPasskey(how?: PasskeySignIn): Promise<AuthResult<SignedIn>>;
  /** Makes one for whoever is signed in, which they must have done within a day. */
  addPasskey(name?: string): Promise<AuthResult<Passkey>>;
  listPasskeys(): Promise<AuthResult<readonly Passkey[]>>;
  renamePasskey(id: string, name: string): Promise<AuthResult<Fields>>;
  /** Not the last way into the account: that is refused, with `LAST_WAY_IN` in `details.code`. */
  deletePasskey(id: string): Promise<AuthResult<Fields>>;
}

export function createPasskeys(auth: Pick<UserAuth, 'call' | 'session'>): PasskeyFlows {
  const { call } = auth;
  // Loaded when the first ceremony begins.
  const ceremonies = () => import('./passkey-ceremonies.ts');
  return {
    signUpWithPasskey: async (name) => (await ceremonies()).signUpWithPasskey(auth, name),
    signInWithPasskey: async (how = {}) => (await ceremonies()).signInWithPasskey(auth, how),
    addPasskey: async (name) => (await ceremonies()).addPasskey(auth, name),
    listPasskeys: () => call('passkey/list-user-passkeys'),
    renamePasskey: (id, name) => call('passkey/update-passkey', { id, name }),
    deletePasskey: (id) => call('passkey/delete-passkey', { id }),
  };
}
