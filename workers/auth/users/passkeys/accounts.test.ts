/** Accounts and their passkeys: the first, how many, and the last. */
import { expect, test, vi } from 'vitest';
import { add, asked, origin, signIn, signUp, withPasskeys } from '../../test/passkey-bench.ts';
import { SoftwareKey } from '../../test/software-key.ts';

const open = { passkey_sign_up_enabled: true } as const;

test('a passkey is enough to make an account, and to come back to it', async () => {
  const bench = await withPasskeys('shop', open);
  const key = new SoftwareKey();
  const made = await signUp(bench, ' Ada ', key);
  expect([made.status, made.body]).toMatchObject([200, { user: { name: 'Ada', emailVerified: false }, accessToken: expect.any(String) }]);
  const { user, token } = made.body;
  expect(user.email).toMatch(/@shop\.passkey\.invalid$/);
  expect((await bench.get('/get-session', { token })).body.user.id).toBe(user.id);
  expect((await signIn(bench, key)).body.user.id).toBe(user.id);
  const again = await signUp(bench, 'Bob', key);
  expect([again.status, again.body.code]).toEqual([400, 'PREVIOUSLY_REGISTERED']);
  expect(bench.disk.rows('SELECT name FROM auth_user')).toEqual([['Ada']]);
});

test('whoever is in by passkey alone gives an address that is theirs once they have read its mail', async () => {
  const bench = await withPasskeys('shop', open);
  const { token } = (await signUp(bench, 'Ada')).body;
  expect((await bench.post('/change-email', { newEmail: 'ada@example.com' }, { token })).status).toBe(200);
  expect((await bench.get('/get-session', { token })).body.user.email).toMatch(/invalid$/);
  const follow = async (): Promise<void> => {
    const { to, text } = await bench.message();
    expect(to).toBe('ada@example.com');
    await bench.post(`/verify-email${new URL(/http\S+/.exec(text)?.[0] ?? '').search}`);
  };
  await follow();
  await bench.post('/send-verification-email', { email: 'ada@example.com' }, { token });
  await follow();
  expect((await bench.get('/get-session', { token })).body.user).toMatchObject({ email: 'ada@example.com', emailVerified: true });
});

test('nobody makes an account by passkey where that is off, or by what was asked for an account of somebody’s', async () => {
  const closed = await withPasskeys();
  expect([(await signUp(closed, 'Ada')).body.code, closed.disk.rows('SELECT id FROM auth_user')]).toEqual(['SESSION_REQUIRED', []]);

  const bench = await withPasskeys('shop', open);
  // Without saying that it is a new account, it would be added to one.
  expect((await bench.get('/passkey/generate-register-options', { origin })).body).toMatchObject({ code: 'SESSION_REQUIRED' });
  const { token } = await bench.signUp('ada@example.com');
  const { challenge, state } = await asked(bench, 'register', token);
  const fields = { response: new SoftwareKey().make({ challenge }), state, createSession: true };
  const stolen = await bench.post('/passkey/verify-registration', fields, { origin });
  expect([stolen.status, stolen.body.token]).toEqual([401, undefined]);
  expect(bench.disk.rows('SELECT id FROM auth_passkey')).toEqual([]);
  expect((await signUp(bench, 'Bob', new SoftwareKey(), token)).body).toMatchObject({ code: 'ALREADY_SIGNED_IN' });
});

test('an account that nobody would be signed in to is not made', async () => {
  const bench = await withPasskeys('shop', open);
  const { challenge, state } = (await bench.get('/passkey/generate-register-options?context={}', { origin })).body;
  const answer = await bench.post('/passkey/verify-registration', { response: new SoftwareKey().make({ challenge }), state }, { origin });
  expect([answer.status, bench.disk.rows('SELECT id FROM auth_user')]).toEqual([401, []]);
});

test('making accounts by passkey gets slower, as with passwords, and is not possible where only some addresses may have an account', async () => {
  const bench = await withPasskeys('shop', open);
  const statuses: number[] = [];
  for (let made = 0; made < 22; made++) statuses.push((await signUp(bench, 'Ada')).status);
  expect([statuses.slice(0, 20).every((status) => status === 200), statuses.at(-1)]).toEqual([true, 429]);

  const members = await withPasskeys('members', { ...open, allowed_email_domains: ['example.com'] });
  expect((await signUp(members, 'Ada')).status).toBe(403);
  expect(members.disk.rows('SELECT id FROM auth_user')).toEqual([]);
});

test('whoever began without an account keeps their id with a passkey', async () => {
  const bench = await withPasskeys('shop', { ...open, anonymous_enabled: true });
  const { user, token } = (await bench.post('/sign-in/anonymous')).body;
  const key = new SoftwareKey();
  expect((await signUp(bench, 'Ada', key, token)).status).toBe(200);
  const known = (await bench.get('/get-session', { token })).body.user;
  expect([known.id, known.name, known.isAnonymous]).toEqual([user.id, 'Ada', false]);
  expect((await signIn(bench, key)).body.user.id).toBe(user.id);
});

test('an account has as many as the settings say, also when they are made at once', async () => {
  const bench = await withPasskeys('shop', { passkey_max_per_user: 2 });
  const { token } = await bench.signUp('ada@example.com');
  await add(bench, token);
  const begun = [await asked(bench, 'register', token), await asked(bench, 'register', token)];
  const ended = [];
  for (const { challenge, state } of begun) {
    const fields = { response: new SoftwareKey().make({ challenge }), state };
    ended.push((await bench.post('/passkey/verify-registration', fields, { token, origin })).body.code);
  }
  expect(ended).toEqual([undefined, 'TOO_MANY_PASSKEYS']);
  await expect(add(bench, token)).rejects.toThrow('TOO_MANY_PASSKEYS');
  expect(bench.disk.rows('SELECT id FROM auth_passkey')).toHaveLength(2);
});

test('the last way into an account is not removed', async () => {
  const bench = await withPasskeys('shop', open);
  const key = new SoftwareKey();
  const { token } = (await signUp(bench, 'Ada', key)).body;
  const list = async () => (await bench.get('/passkey/list-user-passkeys', { token })).body as { readonly id: string }[];
  const remove = async () => (await bench.post('/passkey/delete-passkey', { id: (await list())[0]?.id }, { token })).body;
  expect(await remove()).toMatchObject({ code: 'LAST_WAY_IN', errorCode: 'auth/refused' });
  await add(bench, token);
  expect(await remove()).toMatchObject({ status: true });
  expect(await remove()).toMatchObject({ code: 'LAST_WAY_IN' });
  // A password that is no way in is none; an address that was confirmed is one, and so is a phone.
  bench.disk.rows("UPDATE auth_user SET phoneNumberVerified = 1, phoneNumber = '+15550100'");
  expect(await remove()).toMatchObject({ code: 'LAST_WAY_IN' });
  await bench.set({ phone_enabled: true });
  expect(await remove()).toMatchObject({ status: true });
  expect(await list()).toEqual([]);

  const { token: bobs } = await bench.signUp('bob@example.com');
  await add(bench, bobs);
  await bench.set({ email_password_enabled: false });
  const [{ id }] = (await bench.get('/passkey/list-user-passkeys', { token: bobs })).body;
  expect((await bench.post('/passkey/delete-passkey', { id }, { token: bobs })).body).toMatchObject({ code: 'LAST_WAY_IN' });
  await bench.set({ otp_enabled: true });
  bench.disk.rows("UPDATE auth_user SET emailVerified = 1 WHERE email = 'bob@example.com'");
  expect((await bench.post('/passkey/delete-passkey', { id }, { token: bobs })).body).toMatchObject({ status: true });
});

test('a list says when each was used last, and the device is told who it is for', async () => {
  const bench = await withPasskeys('shop', open);
  const key = new SoftwareKey();
  const { token } = (await signUp(bench, 'Ada', key)).body;
  const list = async () => (await bench.get('/passkey/list-user-passkeys', { token })).body;
  expect(await list()).toMatchObject([{ lastUsedAt: null }]);
  await signIn(bench, key);
  const [{ lastUsedAt }] = await list();
  expect(Math.abs(Date.now() - Date.parse(lastUsedAt))).toBeLessThan(60_000);
  const begun = (await bench.get('/passkey/generate-register-options', { token, origin })).body;
  expect(begun.user).toMatchObject({ name: 'Ada', displayName: 'Ada' });
  const { token: bobs } = await bench.signUp('bob@example.com');
  const bob = (await bench.get('/passkey/generate-register-options', { token: bobs, origin })).body;
  expect(bob.user).toMatchObject({ name: 'bob@example.com' });
});

test('where devices need not ask who is there, one that did not is no second factor', async () => {
  const bench = await withPasskeys('shop', { passkey_user_verification: 'preferred' });
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token, new SoftwareKey(), { isVerified: false });
  expect((await asked(bench, 'authenticate')) as object).toMatchObject({ userVerification: 'preferred' });
  expect((await signIn(bench, key, { isVerified: false })).status).toBe(200);
  bench.disk.rows('UPDATE auth_user SET twoFactorEnabled = 1');
  expect((await signIn(bench, key, { isVerified: false })).body).toMatchObject({ code: 'USER_NOT_VERIFIED' });
  expect((await signIn(bench, key)).status).toBe(200);
});

test('a copy is told of when it was truly signed with the key, and not when somebody only says so', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token, new SoftwareKey(), { counter: 7 });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const forged = new SoftwareKey();
  const { challenge, state } = await asked(bench, 'authenticate');
  const response = { ...forged.sign({ challenge, counter: 3 }), id: key.id, rawId: key.id };
  expect((await bench.post('/passkey/verify-authentication', { response, state }, { origin })).status).toBe(400);
  // What was signed for another challenge says nothing about now.
  const replayed = { response: key.sign({ challenge, counter: 3 }), state: (await asked(bench, 'authenticate')).state };
  expect((await bench.post('/passkey/verify-authentication', replayed, { origin })).status).toBe(400);
  expect(warn).not.toHaveBeenCalled();
  expect((await signIn(bench, key, { counter: 3 })).status).toBe(400);
  expect(JSON.parse(String(warn.mock.calls[0]?.[0]))).toMatchObject({ message: 'A passkey may have been copied.', counter: 3, before: 7 });
  warn.mockRestore();
});

test('a user who is removed takes their passkeys along', async () => {
  const bench = await withPasskeys();
  const { id, token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  bench.users.directory.delete(id);
  expect(bench.disk.rows('SELECT id FROM auth_passkey')).toEqual([]);
  expect((await signIn(bench, key)).body).toMatchObject({ code: 'PASSKEY_NOT_FOUND' });
});
