import { expect, test } from 'vitest';
import { add, asked, origin, signIn, withPasskeys } from '../../test/passkey-bench.ts';
import { SoftwareKey } from '../../test/software-key.ts';
import { type Answer, UsersBench } from '../../test/users-bench.ts';

test('a passkey signs in, and is told without what it is checked with being of use to anybody', async () => {
  const bench = await withPasskeys();
  const { id, token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  const { status, body } = await signIn(bench, key);
  expect([status, body]).toMatchObject([200, { user: { id }, accessToken: expect.any(String), token: expect.any(String) }]);
  expect((await bench.get('/get-session', { token: body.token })).body.user.id).toBe(id);
  expect((await bench.get('/passkey/list-user-passkeys', { token })).body).toMatchObject([{ name: 'Laptop', credentialID: key.id }]);
});

test('what was signed is good once, and for what was asked', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  const { challenge, state } = await asked(bench, 'authenticate');
  const fields = { response: key.sign({ challenge }), state };
  const verify = async (given: object): Promise<number> => (await bench.post('/passkey/verify-authentication', given, { origin })).status;
  expect(await verify({ response: fields.response })).toBe(400);
  expect(await verify(fields)).toBe(200);
  expect(await verify(fields)).toBe(400);
  const [one, other] = [await asked(bench, 'authenticate'), await asked(bench, 'authenticate')];
  expect(await verify({ response: key.sign(one), state: other.state })).toBe(400);
  const registering = await asked(bench, 'register', token);
  expect(await verify({ response: key.sign(registering), state: registering.state })).toBe(400);
});

test('a challenge adds a passkey to the account that asked for it, and to no other', async () => {
  const bench = await withPasskeys();
  const [ada, bob] = [await bench.signUp('ada@example.com'), await bench.signUp('bob@example.com')];
  const { challenge, state } = await asked(bench, 'register', ada.token);
  const response = new SoftwareKey().make({ challenge });
  const verify = async (token?: string): Promise<number> =>
    (await bench.post('/passkey/verify-registration', { response, state }, { token, origin })).status;
  expect(await verify()).toBe(401);
  expect(await verify(bob.token)).toBe(401);
  expect(await verify(ada.token)).toBe(400);
  expect(bench.disk.rows('SELECT * FROM auth_passkey')).toEqual([]);
});

test('another site gets nothing, whatever it claims to be', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  expect((await signIn(bench, key, { origin: 'https://evil.example' })).body).toMatchObject({ errorCode: 'auth/refused' });
  expect((await signIn(bench, key, { origin: 'http://localhost.evil.example' })).status).toBe(400);
  // The request claims to be of the app; what the browser had signed says where it was.
  const { challenge, state } = await asked(bench, 'authenticate');
  const phished = { response: key.sign({ challenge, origin: 'https://evil.example' }), state };
  expect((await bench.post('/passkey/verify-authentication', phished, { origin })).status).toBe(400);
  expect((await bench.post('/passkey/verify-authentication', phished)).status).toBe(400);
  expect((await signIn(bench, key, { domain: 'evil.example' })).status).toBe(400);
});

test('passkeys and challenges of another project are none', async () => {
  const [bench, shop] = [await withPasskeys(), await withPasskeys('other')];
  const { token } = await shop.signUp('ada@example.com');
  await bench.signUp('ada@example.com');
  const key = await add(shop, token);
  expect((await signIn(bench, key)).body).toMatchObject({ errorCode: 'auth/bad-credentials', code: 'PASSKEY_NOT_FOUND' });
  const { challenge, state } = await asked(bench, 'authenticate');
  expect((await shop.post('/passkey/verify-authentication', { response: key.sign({ challenge }), state }, { origin })).status).toBe(400);
});

test('a passkey that was removed signs nobody in, and only its owner changes it', async () => {
  const bench = await withPasskeys();
  const [ada, bob] = [await bench.signUp('ada@example.com'), await bench.signUp('bob@example.com')];
  const key = await add(bench, ada.token);
  const [{ id }] = (await bench.get('/passkey/list-user-passkeys', ada)).body;
  expect((await bench.get('/passkey/list-user-passkeys', bob)).body).toEqual([]);
  expect((await bench.post('/passkey/delete-passkey', { id }, bob)).status).not.toBe(200);
  expect((await bench.post('/passkey/update-passkey', { id, name: 'mine' }, bob)).status).not.toBe(200);
  expect((await signIn(bench, key)).status).toBe(200);
  expect((await bench.post('/passkey/delete-passkey', { id }, ada)).status).toBe(200);
  expect((await signIn(bench, key)).status).toBe(401);
});

test('a copy of a key that counts is found out, and one that asked nobody who they are is not enough', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token, new SoftwareKey(), { counter: 1 });
  expect((await signIn(bench, key, { counter: 5 })).status).toBe(200);
  expect((await signIn(bench, key, { counter: 5 })).status).toBe(400);
  expect((await signIn(bench, key, { counter: 4 })).status).toBe(400);
  expect((await signIn(bench, key, { counter: 6, isVerified: false })).body).toMatchObject({ code: 'USER_NOT_VERIFIED' });
  expect((await signIn(bench, key, { counter: 6 })).status).toBe(200);
  await expect(add(bench, token, new SoftwareKey(), { isVerified: false })).rejects.toThrow('USER_NOT_VERIFIED');
});

test('somebody else’s signature is none, and trying again and again gets slower', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  const forged = new SoftwareKey();
  const statuses = new Set<number>();
  for (let tries = 0; tries < 60; tries++) {
    const { challenge, state } = await asked(bench, 'authenticate');
    const response = { ...forged.sign({ challenge }), id: key.id, rawId: key.id };
    statuses.add((await bench.post('/passkey/verify-authentication', { response, state }, { origin })).status);
  }
  expect([...statuses]).toEqual([401, 429]);
});

test('ceremonies that nobody ended are forgotten, and those under way are not', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  const kept = (): number => bench.disk.rows('SELECT id FROM auth_verification').length;
  for (let begun = 0; begun < 3; begun++) await asked(bench, 'authenticate');
  expect(kept()).toBe(3);
  bench.disk.rows("UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
  const { challenge, state } = await asked(bench, 'authenticate');
  await asked(bench, 'register', token);
  expect(kept()).toBe(2);
  const fields = { response: key.sign({ challenge }), state };
  expect((await bench.post('/passkey/verify-authentication', fields, { origin })).status).toBe(200);
});

test('what was asked is not good for long, and whoever is banned stays out', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  const { challenge, state } = await asked(bench, 'authenticate');
  const fields = { response: key.sign({ challenge }), state };
  bench.disk.rows("UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
  expect((await bench.post('/passkey/verify-authentication', fields, { origin })).body).toMatchObject({ code: 'CHALLENGE_NOT_FOUND' });
  bench.disk.rows('UPDATE auth_user SET banned = 1');
  expect((await signIn(bench, key)).body).toMatchObject({ code: 'BANNED_USER' });
});

test('it stands for the second factor, too, and only somebody who has just signed in adds one', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  const key = await add(bench, token);
  bench.disk.rows('UPDATE auth_user SET twoFactorEnabled = 1');
  expect((await signIn(bench, key)).body).toMatchObject({ accessToken: expect.any(String) });
  bench.disk.rows('UPDATE auth_session SET createdAt = ?', new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString());
  const refused = await bench.get('/passkey/generate-register-options', { token, origin });
  expect([refused.status, refused.body]).toMatchObject([403, { code: 'SESSION_NOT_FRESH', errorCode: 'auth/refused' }]);
});

test('a list stays one when the session is renewed along the way', async () => {
  const bench = await withPasskeys();
  const { token } = await bench.signUp('ada@example.com');
  await add(bench, token);
  bench.disk.rows('UPDATE auth_session SET expiresAt = ?', new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString());
  expect((await bench.get('/passkey/list-user-passkeys', { token })).body).toMatchObject([{ name: 'Laptop' }]);
});

test('they are for the app’s own domain: the first of its origins, or the one that is set', async () => {
  const bench = new UsersBench();
  bench.isDevelopment = false;
  const options = (page?: string): Promise<Answer> => bench.get('/passkey/generate-authenticate-options', { origin: page });
  expect((await options()).status).toBe(404);
  await bench.set({ passkey_enabled: true });
  expect((await options()).body).toMatchObject({ errorCode: 'config/invalid', suggestion: expect.stringContaining('allowed_origins') });
  await bench.set({ allowed_origins: ['https://app.example.com', 'https://admin.example.com', 'https://example.org'] });
  expect((await options('https://app.example.com')).body.rpId).toBe('app.example.com');
  expect((await options('https://admin.example.com')).body).toMatchObject({ errorCode: 'auth/refused' });
  await bench.set({ passkey_rp_id: 'example.com' });
  expect((await options('https://admin.example.com')).body.rpId).toBe('example.com');
  for (const page of ['https://example.org', 'https://other.example.com', 'http://localhost:5173', 'null'])
    expect([page, (await options(page)).status]).toEqual([page, 400]);
});
