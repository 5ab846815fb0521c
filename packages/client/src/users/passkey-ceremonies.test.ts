import { BetterBaseError } from '@betterbase/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuthResult } from '../auth/auth-calls.ts';
import { createPasskeys, type PasskeyFlows } from './passkeys.ts';

class Signed {
  static isConditionalMediationAvailable: (() => Promise<boolean>) | undefined = async () => true;
  static readonly unknown: unknown[] = [];
  static readonly parseRequestOptionsFromJSON = (asked: unknown): unknown => asked;
  static readonly parseCreationOptionsFromJSON = (asked: unknown): unknown => asked;
  static readonly signalUnknownCredential = async (unknown: unknown): Promise<void> => void Signed.unknown.push(unknown);
  readonly id = 'key';
  readonly toJSON = (): object => ({ id: this.id });
}

interface Waiting {
  readonly challenge: string;
  readonly mediation: string | undefined;
  readonly choose: () => void;
}

let waiting: Waiting[];
/** Paths, with what was sent. */
let calls: (readonly [path: string, fields: unknown])[];
let answers: Record<string, AuthResult<unknown>>;
let passkeys: PasskeyFlows;

beforeEach(() => {
  vi.useFakeTimers();
  waiting = [];
  calls = [];
  answers = {};
  Signed.unknown.length = 0;
  Signed.isConditionalMediationAvailable = async () => true;
  vi.stubGlobal('PublicKeyCredential', Signed);
  vi.stubGlobal('navigator', {
    credentials: {
      get: ({ publicKey, mediation, signal }: { publicKey: { challenge: string }; mediation?: string; signal: AbortSignal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          waiting.push({ challenge: publicKey.challenge, mediation, choose: () => resolve(new Signed()) });
        }),
    },
  });
  const call = async (path: string, fields?: unknown): Promise<AuthResult<unknown>> => {
    calls.push([path, fields]);
    const asked = calls.filter(([each]) => each === path).length;
    return answers[path] ?? { data: { challenge: `challenge ${asked}`, state: `state ${asked}`, rpId: 'example.com' }, error: null };
  };
  passkeys = createPasskeys({ call: call as never, session: null });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what a page offers for long is asked anew before the server has forgotten it', async () => {
  const filled = passkeys.signInWithPasskey({ autofill: true });
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  for (let minutes = 0; minutes < 9; minutes++) await vi.advanceTimersByTimeAsync(60_000);
  expect(waiting).toMatchObject([
    { challenge: 'challenge 1', mediation: 'conditional' },
    { challenge: 'challenge 2' },
    { challenge: 'challenge 3' },
  ]);
  waiting[2]?.choose();
  expect((await filled).error).toBeNull();
  expect(calls.at(-1)).toEqual(['passkey/verify-authentication', { response: { id: 'key' }, state: 'state 3' }]);
});

test('a page that lost the network offers passkeys again when it is back', async () => {
  const ask = 'passkey/generate-authenticate-options';
  answers[ask] = { data: null, error: new BetterBaseError('connection/lost', 'offline') };
  void passkeys.signInWithPasskey({ autofill: true });
  await vi.advanceTimersByTimeAsync(12_000);
  expect([calls.length, waiting.length]).toEqual([3, 0]);
  delete answers[ask];
  await vi.advanceTimersByTimeAsync(5_000);
  expect(waiting).toHaveLength(1);
});

test('browsers that cannot fill in are told apart, and nobody is asked', async () => {
  for (const can of [undefined, async () => false]) {
    Signed.isConditionalMediationAvailable = can;
    const { error } = await passkeys.signInWithPasskey({ autofill: true });
    expect(error).toMatchObject({ code: 'auth/refused', details: { code: 'NotSupportedError' } });
  }
  expect(calls).toEqual([]);
});

test('where there are no passkeys at all, that is told in the same way', async () => {
  vi.stubGlobal('PublicKeyCredential', undefined);
  const { error } = await passkeys.signInWithPasskey({ autofill: true });

  expect(error).toMatchObject({ code: 'auth/refused', details: { code: 'NotSupportedError' } });
});

test('a device does one thing at a time: what comes next ends what waits', async () => {
  const first = passkeys.signInWithPasskey({ autofill: true });
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  const second = passkeys.signInWithPasskey();
  expect((await first).error).toMatchObject({ code: 'auth/refused', details: { code: 'AbortError' } });
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  expect(waiting[1]?.mediation).toBeUndefined();
  // Nobody is hurried who was asked to choose.
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  waiting[1]?.choose();
  expect((await second).error).toBeNull();
});

test('a device learns that the server does not know its passkey any more, and of nothing else', async () => {
  const end = 'passkey/verify-authentication';
  for (const code of ['AUTHENTICATION_FAILED', 'PASSKEY_NOT_FOUND']) {
    answers[end] = { data: null, error: new BetterBaseError('auth/bad-credentials', 'no', { details: { code } }) };
    const signedIn = passkeys.signInWithPasskey();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting.pop()?.choose();
    expect((await signedIn).error).toMatchObject({ code: 'auth/bad-credentials' });
  }
  expect(Signed.unknown).toEqual([{ rpId: 'example.com', credentialId: 'key' }]);
});
