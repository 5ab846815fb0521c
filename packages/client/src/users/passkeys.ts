import { BetterBaseError } from '@betterbase/core';
import { type AuthResult, type Fields, toResult } from '../auth/auth-calls.ts';
import type { SignedIn, UserAuth } from '../auth/user-auth.ts';

export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  /** Whether it is on one device, or goes along to the user's others. */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  readonly createdAt: string;
}

/** Signing in with what the device keeps. What it refuses is `auth/refused`, and `details.code` what the browser calls that. */
export interface PasskeyFlows {
  /** Makes one for whoever is signed in, which they must have done within a day. */
  addPasskey(name?: string): Promise<AuthResult<Passkey>>;
  signInWithPasskey(): Promise<AuthResult<SignedIn>>;
  listPasskeys(): Promise<AuthResult<readonly Passkey[]>>;
  renamePasskey(id: string, name: string): Promise<AuthResult<Fields>>;
  deletePasskey(id: string): Promise<AuthResult<Fields>>;
}

export function createPasskeys({ call }: Pick<UserAuth, 'call'>): PasskeyFlows {
  /** Lets the device sign what the server asks, and shows that to the server. */
  const ceremony = async <Data, Asked extends object>(
    [ask, verify]: readonly [ask: string, verify: string],
    sign: (asked: Asked) => Promise<Credential | null>,
    fields?: Fields,
  ): Promise<AuthResult<Data>> => {
    const { data, error } = await call<Asked & { readonly state: string }>(`passkey/${ask}`);
    if (error !== null) return { data, error };
    const signed = await toResult(() => sign(data).then(toSigned, refuse));
    if (signed.error !== null) return signed;
    return await call<Data>(`passkey/${verify}`, { ...fields, response: signed.data, state: data.state });
  };
  return {
    addPasskey: (name) =>
      ceremony(
        ['generate-register-options', 'verify-registration'],
        async (asked: PublicKeyCredentialCreationOptionsJSON) =>
          await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) }),
        { name },
      ),
    signInWithPasskey: () =>
      ceremony(
        ['generate-authenticate-options', 'verify-authentication'],
        async (asked: PublicKeyCredentialRequestOptionsJSON) =>
          await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON({ ...asked, userVerification: 'required' }),
          }),
      ),
    listPasskeys: () => call('passkey/list-user-passkeys'),
    renamePasskey: (id, name) => call('passkey/update-passkey', { id, name }),
    deletePasskey: (id) => call('passkey/delete-passkey', { id }),
  };
}

function toSigned(credential: Credential | null): unknown {
  return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
}

function refuse(thrown: unknown): never {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  throw new BetterBaseError('auth/refused', message, { details: { code: name } });
}
