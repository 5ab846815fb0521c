/** What a page, a device and the server do together (WebAuthn): the device signs what the server asks. Loaded when one begins. */
import { BetterBaseError } from '@betterbase/core';
import { type AuthResult, type Fields, toResult } from '../auth/auth-calls.ts';
import type { SignedIn, UserAuth } from '../auth/user-auth.ts';
import type { Passkey, PasskeySignIn } from './passkeys.ts';

type Auth = Pick<UserAuth, 'call' | 'session'>;

interface Asked {
  readonly state: string;
}

/** What the server asks is good for five minutes; a page may offer passkeys for longer, ms. */
const offered = 4 * 60_000;
/** Before the server is asked again, ms. */
const pause = 5_000;

/** Browsers do one at a time: the next one ends what is waiting. */
let underWay: AbortController | null = null;

function begin(): AbortSignal {
  underWay?.abort();
  underWay = new AbortController();
  return underWay.signal;
}

export function addPasskey(auth: Auth, name?: string): Promise<AuthResult<Passkey>> {
  return register<Passkey>(auth, 'passkey/generate-register-options', { name });
}

export async function signUpWithPasskey(auth: Auth, name = ''): Promise<AuthResult<SignedIn>> {
  const context = encodeURIComponent(JSON.stringify({ name }));
  const isNew = auth.session === null;
  const made = await register<SignedIn>(auth, `passkey/generate-register-options?context=${context}`, { createSession: isNew });
  return made.error !== null || isNew ? made : await auth.call('get-session');
}

export async function signInWithPasskey({ call }: Auth, { autofill = false }: PasskeySignIn): Promise<AuthResult<SignedIn>> {
  if (autofill && (await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.()) !== true)
    return refused('NotSupportedError', 'This browser does not fill in passkeys.');
  const ended = begin();
  for (;;) {
    const asked = await call<Asked & PublicKeyCredentialRequestOptionsJSON>('passkey/generate-authenticate-options');
    if (autofill && asked.error?.code === 'connection/lost' && !ended.aborted) {
      await new Promise((resolve) => void setTimeout(resolve, pause));
      continue;
    }
    if (asked.error !== null) return asked;
    const over = new AbortController();
    const timer = autofill ? setTimeout(() => over.abort(), offered) : undefined;
    const signed = await sign(() =>
      navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.data),
        signal: AbortSignal.any([ended, over.signal]),
        ...(autofill ? { mediation: 'conditional' as const } : {}),
      }),
    );
    clearTimeout(timer);
    if (signed.error !== null && over.signal.aborted && !ended.aborted) continue;
    if (signed.error !== null) return signed;
    const answer = await call('passkey/verify-authentication', { response: signed.data, state: asked.data.state });
    if (answer.error !== null) forget(answer.error, asked.data.rpId, signed.data);
    return answer;
  }
}

async function register<Made>({ call }: Auth, ask: string, fields: Fields): Promise<AuthResult<Made>> {
  const signal = begin();
  const asked = await call<Asked & PublicKeyCredentialCreationOptionsJSON>(ask);
  if (asked.error !== null) return asked;
  const signed = await sign(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.data), signal }),
  );
  if (signed.error !== null) return signed;
  return await call<Made>('passkey/verify-registration', { ...fields, response: signed.data, state: asked.data.state });
}

type Signed = AuthResult<{ readonly id: string }>;

function sign(ask: () => Promise<Credential | null>): Promise<Signed> {
  return toResult(async () => {
    try {
      const credential = await ask();
      if (credential instanceof PublicKeyCredential) return credential.toJSON();
    } catch (thrown) {
      const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
      throw new BetterBaseError('auth/refused', message, { details: { code: name } });
    }
    throw new BetterBaseError('auth/refused', 'The device has answered with something else.', { details: { code: 'NotAllowedError' } });
  });
}

function refused(code: string, message: string): AuthResult<never> {
  return { data: null, error: new BetterBaseError('auth/refused', message, { details: { code } }) };
}

interface CanForget {
  readonly signalUnknownCredential?: (unknown: { readonly rpId: string; readonly credentialId: string }) => Promise<void>;
}

/** The server has no such passkey any more: devices that understand do not offer it again. */
function forget({ details }: BetterBaseError, rpId: string | undefined, { id }: { readonly id: string }): void {
  const { signalUnknownCredential: signal } = PublicKeyCredential as CanForget;
  if ((details as Fields | undefined)?.['code'] !== 'PASSKEY_NOT_FOUND' || rpId === undefined) return;
  // It is a favour: what the device makes of it changes nothing here.
  signal?.call(PublicKeyCredential, { rpId, credentialId: id }).catch(() => {});
}
