import { expect, test } from 'vitest';
import { add, signIn } from '../test/passkey-bench.ts';
import { UsersBench } from '../test/users-bench.ts';

const email = 'ada@example.com';
const password = 'correct horse battery';
const phone = '+15550100200';
const codeIn = async (bench: UsersBench): Promise<string> => /\b\d{6}\b/.exec((await bench.message()).text)?.[0] ?? '';

/** How Ada shows that the mailbox is hers, with nothing of whoever wrote its address down before. Ends with her session. */
const proofs: Readonly<Record<string, (bench: UsersBench) => Promise<string>>> = {
  'a code': async (bench) => {
    await bench.post('/otp/send', { email });
    return (await bench.post('/otp/verify', { email, code: await codeIn(bench) })).body.token;
  },
  'a link': async (bench) => {
    await bench.post('/magic-link/send', { email, callbackURL: 'http://localhost:5173/' });
    const token = /token=(\w+)/.exec((await bench.message()).text)?.[1];
    return (await bench.get(`/magic-link/verify?token=${token}`)).body.token;
  },
  'a new password, by code': async (bench) => {
    await bench.post('/email-otp/request-password-reset', { email });
    await bench.post('/email-otp/reset-password', { email, otp: await codeIn(bench), password: 'a new one of Ada’s' });
    return (await bench.post('/sign-in/email', { email, password: 'a new one of Ada’s' })).body.token;
  },
  'a new password, by link': async (bench) => {
    await bench.post('/request-password-reset', { email, redirectTo: 'http://localhost:5173/' });
    const token = /reset-password\/(\w+)/.exec((await bench.message()).text)?.[1];
    await bench.post('/reset-password', { token, newPassword: 'a new one of Ada’s' });
    const tried = await bench.post('/sign-in/email', { email, password: 'a new one of Ada’s' });
    if (tried.status === 200) return tried.body.token;
    // Where addresses are to be confirmed, the sign-in has sent another link.
    await bench.post(`/verify-email${new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '').search}`);
    return (await bench.post('/sign-in/email', { email, password: 'a new one of Ada’s' })).body.token;
  },
};

async function start(change: Parameters<UsersBench['set']>[0] = {}): Promise<UsersBench> {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true, magic_link_enabled: true, passkey_enabled: true, phone_enabled: true, ...change });
  return bench;
}

const userOf = async (bench: UsersBench, token: string) => (await bench.get('/get-session', { token })).body?.user ?? null;

async function prove(bench: UsersBench, how: string): Promise<string> {
  await bench.sent();
  bench.messages.length = 0;
  return (await proofs[how]?.(bench)) ?? '';
}

test.each(Object.keys(proofs))(
  'whoever signed up with somebody else’s address, without an account of their own, is not in it once the mailbox is proven by %s',
  async (how) => {
    const bench = await start({ anonymous_enabled: true, require_email_verification: true });
    const mallory = (await bench.post('/sign-in/anonymous')).body;
    await bench.post('/sign-up/email', { name: 'Mallory', email, password }, { token: mallory.token });
    const ada = await userOf(bench, await prove(bench, how));
    expect(ada).toMatchObject({ email, emailVerified: true });
    expect(await userOf(bench, mallory.token)).toMatchObject({ id: mallory.user.id, isAnonymous: true });
    expect(ada?.id).not.toBe(mallory.user.id);
    expect((await bench.post('/sign-in/email', { email, password })).status).toBe(401);
  },
);

test.each(Object.keys(proofs))('nothing that was added to an account before its mailbox was proven by %s opens it', async (how) => {
  const bench = await start();
  const mallory = await bench.signUp(email, password);
  const key = await add(bench, mallory.token);
  await bench.post('/phone/send', { phone });
  const code = await codeIn(bench);
  expect((await bench.post('/phone/verify', { phone, code, updatePhoneNumber: true }, { token: mallory.token })).status).toBe(200);
  expect((await userOf(bench, mallory.token))?.phoneNumber).toBe(phone);
  await bench.post('/mfa/enable', { password }, { token: mallory.token });

  const ada = await userOf(bench, await prove(bench, how));
  expect(ada).toMatchObject({ id: mallory.id, email });
  expect([await userOf(bench, mallory.token), (await signIn(bench, key)).status]).toEqual([null, 401]);
  bench.now += 3_600_000;
  await bench.post('/phone/send', { phone });
  const byPhone = await bench.post('/phone/verify', { phone, code: await codeIn(bench) });
  expect(byPhone.body.user.id).not.toBe(ada.id);
  expect(bench.disk.rows('SELECT userId FROM auth_twoFactor')).toEqual([]);
});

test('what somebody added to an account whose mailbox they have proven stays', async () => {
  const bench = await start();
  const token = await prove(bench, 'a code');
  const key = await add(bench, token);
  bench.now += 3_600_000;
  await prove(bench, 'a link');
  expect((await signIn(bench, key)).status).toBe(200);
  await prove(bench, 'a new password, by link');
  expect((await signIn(bench, key)).status).toBe(200);
});
