/** Who may have an account or a session, and for how long, at the edges. */
import { afterEach, expect, test, vi } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const email = 'ada@example.com';
const phone = '+15550100200';
const password = 'correct horse battery';

afterEach(() => {
  vi.useRealTimers();
});

const signIn = (bench: UsersBench, shown = password) => bench.post('/sign-in/email', { email, password: shown });
const isIn = async (bench: UsersBench, token: string): Promise<boolean> => (await bench.get('/get-session', { token })).body !== null;
const codeIn = async (bench: UsersBench): Promise<string> => /\b\d{6}\b/.exec((await bench.message()).text)?.[0] ?? '';

test.each([
  ['ada@example.com', ['example.com'], [], true],
  ['Ada@EXAMPLE.Com', ['example.com'], [], true],
  ['ada@example.com', ['EXAMPLE.com'], [], true],
  ['ada+shop@example.com', ['example.com'], [], true],
  ['ada+x@blocked.example', [], ['blocked.example'], false],
  ['ada@mail.example.com', ['example.com'], [], true],
  ['ada@example.com', ['mail.example.com'], [], false],
  ['ada@notexample.com', ['example.com'], [], false],
  ['ada@example.com.evil.example', ['example.com'], [], false],
  ['"a@example.com"@evil.example', ['example.com'], [], false],
  ['ada@blocked.example.com', ['example.com'], ['blocked.example.com'], false],
  ['ada@deep.blocked.example.com', ['example.com'], ['blocked.example.com'], false],
  ['ada@xn--bcher-kva.example', ['bücher.example'], [], true],
  ['ada@xn--bcher-kva.example', ['BÜCHER.example'], [], true],
  ['ada@xn--bcher-kva.example', [], ['bücher.example'], false],
  ['ada@xn--bcher-kva.example', ['xn--bcher-kva.example'], [], true],
  ['ada@bucher.example', ['bücher.example'], [], false],
  ['ada@evil.invalid', ['example.com'], [], false],
])('%s, where %j may and %j may not: %s', async (address, allowed, blocked, may) => {
  const bench = new UsersBench();
  await bench.set({ allowed_email_domains: allowed, blocked_email_domains: blocked, otp_enabled: true });
  expect((await bench.post('/sign-up/email', { name: '', email: address, password })).status === 200).toBe(may);
  const other = new UsersBench();
  await other.set({ allowed_email_domains: allowed, blocked_email_domains: blocked, otp_enabled: true });
  await other.post('/otp/send', { email: address });
  await other.sent();
  const code = other.messages.length === 0 ? '000000' : await codeIn(other);
  expect((await other.post('/otp/verify', { email: address, code })).status === 200).toBe(may);
});

test('who has an account goes on when their domain is no longer allowed, and does not move to one that is not', async () => {
  const bench = new UsersBench();
  const { token } = await bench.signUp(email);
  await bench.set({ allowed_email_domains: ['elsewhere.example'], blocked_email_domains: ['blocked.example'] });
  expect((await signIn(bench)).status).toBe(200);
  bench.disk.rows('UPDATE auth_user SET emailVerified = 1');
  await bench.post('/change-email', { newEmail: 'ada@blocked.example' }, { token });
  const link = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  await bench.get(`/verify-email${link.search}`, { token });
  expect(bench.disk.rows('SELECT email FROM auth_user')).toEqual([[email]]);
});

test('an address is the same however it is typed, and one with a plus is another', async () => {
  const bench = new UsersBench();
  const { id } = await bench.signUp('Ada@Example.com');
  expect((await bench.post('/sign-in/email', { email: 'ADA@example.COM', password })).body.user.id).toBe(id);
  expect((await bench.post('/sign-up/email', { name: '', email: 'aDa@example.com', password })).status).toBe(422);
  expect((await bench.signUp('ada+1@example.com')).id).not.toBe(id);
});

test('who is banned comes in by no way, and is told so only when they have shown who they are', async () => {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true, magic_link_enabled: true, phone_enabled: true });
  const { id, token } = await bench.signUp(email);
  bench.disk.rows('UPDATE auth_user SET phoneNumber = ?, emailVerified = 1', phone);
  bench.users.directory.change(id, { banned: true, ban_reason: 'spam' });
  expect([await isIn(bench, token), bench.ended]).toEqual([false, expect.arrayContaining([id])]);

  expect((await signIn(bench, 'wrong password')).body.errorCode).toBe('auth/bad-credentials');
  expect((await signIn(bench)).body.code).toBe('BANNED_USER');
  await bench.post('/otp/send', { email });
  expect((await bench.post('/otp/verify', { email, code: await codeIn(bench) })).body.code).toBe('BANNED_USER');
  await bench.post('/phone/send', { phone });
  expect((await bench.post('/phone/verify', { phone, code: await codeIn(bench) })).body.code).toBe('BANNED_USER');
  await bench.post('/magic-link/send', { email, callbackURL: 'http://localhost:5173/' });
  const shown = /token=(\w+)/.exec((await bench.message()).text)?.[1] ?? '';
  expect((await bench.get(`/magic-link/verify?token=${shown}`)).body?.accessToken).toBeUndefined();
  await bench.post('/request-password-reset', { email });
  const reset = /reset-password\/(\w+)/.exec((await bench.message()).text)?.[1] ?? '';
  await bench.post('/reset-password', { token: reset, newPassword: 'a better password' });
  expect((await signIn(bench, 'a better password')).body.code).toBe('BANNED_USER');
  expect(bench.disk.rows('SELECT count(*) FROM auth_session')).toEqual([[0]]);
});

test('a user is told of themselves, and not what those who administer the project note about them', async () => {
  const bench = new UsersBench();
  await bench.set({ anonymous_enabled: true, otp_enabled: true });
  const { id } = await bench.signUp(email);
  bench.users.directory.change(id, { banned: true, ban_reason: 'spam', ban_expires: 1 });
  await bench.post('/otp/send', { email: 'bob@example.com' });
  const answers = [
    await signIn(bench),
    await bench.post('/sign-in/anonymous'),
    await bench.post('/otp/verify', { email: 'bob@example.com', code: await codeIn(bench) }),
  ];
  answers.push(await bench.get('/get-session', { token: answers[0]?.body.token }));
  for (const { body } of answers) {
    expect(body.user).toMatchObject({ id: expect.any(String), email: expect.any(String) });
    expect(Object.keys(body.user).filter((name) => /^ban|^upgrades$/.test(name))).toEqual([]);
  }
});

test('a ban ends when it was said to, or when it is lifted', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  const bench = new UsersBench();
  const { id } = await bench.signUp(email);
  bench.users.directory.change(id, { banned: true, ban_expires: Date.now() + 60_000 });
  expect((await signIn(bench)).status).toBe(403);
  vi.setSystemTime(Date.now() + 61_000);
  bench.now = Date.now();
  const { token } = (await signIn(bench)).body;
  const session = String(bench.disk.rows('SELECT id FROM auth_session')[0]?.[0]);
  expect([await isIn(bench, token), bench.users.isAlive(session, id)]).toEqual([true, true]);

  bench.users.directory.change(id, { banned: true });
  expect([(await signIn(bench)).status, bench.users.isAlive(session, id)]).toEqual([403, false]);
  bench.users.directory.change(id, { banned: false });
  expect((await signIn(bench)).status).toBe(200);
});

test('of sessions begun at once there are as many as may be, and 0 is without end', async () => {
  const bench = new UsersBench();
  await bench.signUp(email);
  for (let times = 0; times < 4; times++) await signIn(bench);
  expect(bench.disk.rows('SELECT count(*) FROM auth_session')).toEqual([[5]]);
  await bench.set({ max_sessions_per_user: 2 });
  // Nobody is sent away until somebody comes.
  expect(bench.disk.rows('SELECT count(*) FROM auth_session')).toEqual([[5]]);
  const answers = await Promise.all(Array.from({ length: 5 }, () => signIn(bench)));
  const alive = await Promise.all(answers.map(({ body }) => isIn(bench, body.token)));
  expect([bench.disk.rows('SELECT count(*) FROM auth_session'), alive.filter(Boolean).length]).toEqual([[[2]], 2]);
});

test('a session goes on while it is used, until its end, and tokens never longer than it does', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T00:00:00Z') });
  const bench = new UsersBench();
  await bench.set({ session_expiry_seconds: 600, refresh_token_expiry_seconds: 1_500 });
  const { token } = await bench.signUp(email);
  const at = async (seconds: number): Promise<boolean> => {
    vi.setSystemTime(Date.parse('2030-01-01T00:00:00Z') + seconds * 1000);
    bench.now = Date.now();
    const { body } = await bench.get('/get-session', { token });
    if (body === null) return false;
    const { exp } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString()) as { exp: number };
    expect(exp * 1000).toBeLessThanOrEqual(Date.parse('2030-01-01T00:25:00Z'));
    return true;
  };
  const alive: boolean[] = [];
  for (const seconds of [500, 1_000, 1_490, 1_501]) alive.push(await at(seconds));
  expect(alive).toEqual([true, true, true, false]);

  await bench.set({ session_expiry_seconds: 600, refresh_token_expiry_seconds: 100_000 });
  const unused = (await signIn(bench)).body.token;
  vi.setSystemTime(Date.now() + 599_000);
  expect(await isIn(bench, unused)).toBe(true);
  const again = (await signIn(bench)).body.token;
  vi.setSystemTime(Date.now() + 601_000);
  expect(await isIn(bench, again)).toBe(false);
});

test('one ends the others’ sessions, or all, and nobody those of somebody else', async () => {
  const bench = new UsersBench();
  const ada = await bench.signUp(email);
  const eve = await bench.signUp('eve@example.com');
  const [second, third] = [(await signIn(bench)).body.token, (await signIn(bench)).body.token];
  expect((await bench.post('/revoke-other-sessions', {}, { token: second })).status).toBe(200);
  expect(await Promise.all([ada.token, second, third, eve.token].map((token) => isIn(bench, token)))).toEqual([false, true, false, true]);
  expect((await bench.post('/revoke-other-sessions')).status).toBe(401);
  expect((await bench.post('/revoke-sessions', {}, { token: second })).status).toBe(200);
  expect([await isIn(bench, second), await isIn(bench, eve.token)]).toEqual([false, true]);
});
