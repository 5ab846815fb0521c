import { expect, test } from 'vitest';
import type { AuthResult } from '../auth/auth-calls.ts';
import type { UserAuth } from '../auth/user-auth.ts';
import { createFlows, type UserFlows } from './flows.ts';

const page = 'https://app.example.com/in';

/** The flows, and what they say to the server. */
function bench(answer: unknown = {}): { readonly flows: UserFlows; readonly said: unknown[] } {
  const said: unknown[] = [];
  const call = async (path: string, fields?: unknown): Promise<AuthResult<unknown>> => {
    said.push(fields === undefined ? [path] : [path, fields]);
    return { data: answer, error: null };
  };
  const auth = { call, session: null, signIn: (fields: unknown) => call('sign-in/email', fields), getSession: () => call('get-session') };
  const place = {
    page: () => page,
    go: () => {},
    rename: () => {},
    storage: { getItem: () => null, setItem: () => {}, removeItem: () => {} },
  };
  return { flows: createFlows(auth as unknown as UserAuth, place, 'https://api.example.com/p/shop'), said };
}

const email = 'ada@example.com';

const calls: readonly (readonly [name: string, run: (flows: UserFlows) => Promise<unknown>, path: string, fields?: object])[] = [
  ['signInWithPassword', (auth) => auth.signInWithPassword({ email, password: 'p' }), 'sign-in/email', { email, password: 'p' }],
  ['getUser', (auth) => auth.getUser(), 'get-session'],
  ['signInAnonymously', (auth) => auth.signInAnonymously(), 'sign-in/anonymous', {}],
  ['sendMagicLink', (auth) => auth.sendMagicLink(email), 'magic-link/send', { email, callbackURL: page }],
  ['verifyMagicLink', (auth) => auth.verifyMagicLink('a b'), 'magic-link/verify?token=a%20b'],
  ['verifyMagicLink with an address', (auth) => auth.verifyMagicLink(email, 'a b'), 'magic-link/verify?token=a%20b'],
  ['sendOtp', (auth) => auth.sendOtp(email), 'otp/send', { email }],
  ['verifyOtp', (auth) => auth.verifyOtp(email, '123456'), 'otp/verify', { email, code: '123456' }],
  ['sendPhoneOtp', (auth) => auth.sendPhoneOtp('+15550100'), 'phone/send', { phone: '+15550100' }],
  ['sendPhoneVerification', (auth) => auth.sendPhoneVerification('+15550100'), 'phone/send', { phone: '+15550100' }],
  ['verifyPhoneOtp', (auth) => auth.verifyPhoneOtp('+15550100', '1'), 'phone/verify', { phone: '+15550100', code: '1' }],
  ['verifyPhone', (auth) => auth.verifyPhone('+15550100', '1'), 'phone/verify', { phone: '+15550100', code: '1' }],
  ['mfaEnable', (auth) => auth.mfaEnable('p'), 'mfa/enable', { password: 'p' }],
  ['mfa.enable', (auth) => auth.mfa.enable('p'), 'mfa/enable', { password: 'p' }],
  ['mfaVerify', (auth) => auth.mfaVerify('1'), 'mfa/verify', { code: '1' }],
  ['mfa.verify', (auth) => auth.mfa.verify('1'), 'mfa/verify', { code: '1' }],
  ['mfaDisable', (auth) => auth.mfaDisable('p'), 'mfa/disable', { password: 'p' }],
  ['mfa.disable', (auth) => auth.mfa.disable('p'), 'mfa/disable', { password: 'p' }],
  ['mfaChallenge', (auth) => auth.mfaChallenge('1'), 'mfa/challenge', { code: '1' }],
  ['mfa.challenge', (auth) => auth.mfa.challenge('1'), 'mfa/challenge', { code: '1' }],
  ['requestPasswordReset', (auth) => auth.requestPasswordReset(email), 'request-password-reset', { email, redirectTo: page }],
  ['resetPassword', (auth) => auth.resetPassword('t', 'p'), 'reset-password', { token: 't', newPassword: 'p' }],
  ['changeEmail', (auth) => auth.changeEmail(email, '/done'), 'change-email', { newEmail: email, callbackURL: '/done' }],
  ['listPasskeys', (auth) => auth.listPasskeys(), 'passkey/list-user-passkeys'],
  ['renamePasskey', (auth) => auth.renamePasskey('k', 'Laptop'), 'passkey/update-passkey', { id: 'k', name: 'Laptop' }],
  ['deletePasskey', (auth) => auth.deletePasskey('k'), 'passkey/delete-passkey', { id: 'k' }],
];

for (const [name, run, ...wanted] of calls)
  test(`${name} asks what it is called for`, async () => {
    const { flows, said } = bench();
    await run(flows);
    expect(said).toEqual([wanted]);
  });

test('a second factor is told as an address for authenticator apps, with codes for when there is none', async () => {
  const { flows } = bench({ totpURI: 'otpauth://totp/shop', backupCodes: ['one', 'two'] });
  const told = { data: { qrUri: 'otpauth://totp/shop', backupCodes: ['one', 'two'] }, error: null };
  expect([await flows.mfaEnable('p'), await flows.mfa.enable('p')]).toEqual([told, told]);
});
