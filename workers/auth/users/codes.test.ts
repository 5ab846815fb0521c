import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const email = 'ada@example.com';

async function codeIn(bench: UsersBench): Promise<string> {
  return /\b\d{6}\b/.exec((await bench.message()).text)?.[0] ?? '';
}

function other(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

test('a code by e-mail signs in once, and is not in the database', async () => {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true });
  await bench.post('/otp/send', { email });
  const code = await codeIn(bench);
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM auth_verification'))).not.toContain(code);
  expect((await bench.post('/otp/verify', { email: 'bob@example.com', code })).status).toBe(400);
  expect((await bench.post('/otp/verify', { email, code })).body).toMatchObject({
    user: { email, emailVerified: true },
    accessToken: expect.any(String),
  });
  expect((await bench.post('/otp/verify', { email, code })).status).toBe(400);
});

test('codes cannot be guessed: three wrong ones end a code, and then guessing waits', async () => {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true });
  await bench.post('/otp/send', { email });
  const code = await codeIn(bench);
  const answers = [];
  for (let guesses = 0; guesses < 4; guesses++) answers.push((await bench.post('/otp/verify', { email, code: other(code) })).status);
  expect(answers).toEqual([400, 400, 400, 429]);
  bench.now += 61_000;
  expect((await bench.post('/otp/verify', { email, code })).status).not.toBe(200);
});

test('a code that has expired, or was asked for in another project, is no good', async () => {
  const [bench, shop] = [new UsersBench(), new UsersBench('other')];
  for (const each of [bench, shop]) await each.set({ otp_enabled: true });
  await bench.post('/otp/send', { email });
  const code = await codeIn(bench);
  expect((await shop.post('/otp/verify', { email, code })).status).toBe(400);
  bench.disk.rows("UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
  expect((await bench.post('/otp/verify', { email, code })).status).toBe(400);
});

test('a mailbox is not flooded', async () => {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true });
  const statuses = [];
  for (let sent = 0; sent < 7; sent++) statuses.push((await bench.post('/otp/send', { email })).status);
  await bench.sent();
  expect([statuses, bench.messages.length]).toEqual([[200, 200, 200, 200, 200, 429, 429], 5]);
});

test('a link leads to the app’s page with a token that signs in once', async () => {
  const bench = new UsersBench();
  await bench.set({ magic_link_enabled: true });
  await bench.post('/magic-link/send', { email, callbackURL: 'http://localhost:5173/in?from=mail' });
  const link = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  const token = link.searchParams.get('token') ?? '';
  expect([link.origin, link.pathname, link.searchParams.get('from')]).toEqual(['http://localhost:5173', '/in', 'mail']);
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM auth_verification'))).not.toContain(token);
  expect((await bench.get(`/magic-link/verify?token=${token}x`)).location).toContain('INVALID_TOKEN');
  expect((await bench.get(`/magic-link/verify?token=${token}`)).body).toMatchObject({ user: { email }, accessToken: expect.any(String) });
  expect((await bench.get(`/magic-link/verify?token=${token}`)).location).toContain('INVALID_TOKEN');
  expect((await bench.get('/magic-link/verify?token=dev-token-1')).location).toContain('INVALID_TOKEN');
  expect((await bench.post('/magic-link/send', { email, callbackURL: 'https://evil.example' })).status).toBe(403);
});

test('a code by text message signs in once, and is not in the database', async () => {
  const bench = new UsersBench();
  await bench.set({ phone_enabled: true });
  expect((await bench.post('/phone/send', { phone: '0170 12345' })).status).toBe(400);
  await bench.post('/phone/send', { phone: '+15550100200' });
  const code = await codeIn(bench);
  expect(bench.messages).toMatchObject([{ channel: 'sms', to: '+15550100200' }]);
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM auth_verification'))).not.toContain(code);
  expect((await bench.post('/phone/verify', { phone: '+15550100201', code })).status).toBe(400);
  expect((await bench.post('/phone/verify', { phone: '+15550100200', code: other(code) })).status).toBe(400);
  expect((await bench.post('/phone/verify', { phone: '+15550100200', code })).body).toMatchObject({
    user: { phoneNumber: '+15550100200' },
  });
  expect((await bench.post('/phone/verify', { phone: '+15550100200', code })).status).toBe(400);
});

test('somebody without an account keeps what they are when they make one', async () => {
  const bench = new UsersBench();
  await bench.set({ anonymous_enabled: true });
  const { body } = await bench.post('/sign-in/anonymous');
  expect(body.user).toMatchObject({ isAnonymous: true });
  expect((await bench.post('/sign-in/anonymous', {}, { token: body.token })).status).toBe(400);
  const up = await bench.post('/sign-up/email', { name: 'Ada', email, password: 'correct horse battery' }, { token: body.token });
  expect(up.body.user).toMatchObject({ id: body.user.id, email, name: 'Ada' });
  expect(up.body.user.isAnonymous).not.toBe(true);
  expect((await bench.post('/sign-in/email', { email, password: 'correct horse battery' })).body.user.id).toBe(body.user.id);
});

/** RFC 6238, as an authenticator app does it. */
function totp(uri: string, at: number): string {
  const key = new URL(uri).searchParams.get('secret') ?? '';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(key, (letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', bytes).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

async function withSecondFactor(bench: UsersBench): Promise<{ readonly uri: string; readonly backupCodes: readonly string[] }> {
  const { token } = await bench.signUp(email);
  const { body } = await bench.post('/mfa/enable', { password: 'correct horse battery' }, { token });
  expect((await bench.post('/mfa/verify', { code: totp(body.totpURI, Date.now()) }, { token })).status).toBe(200);
  return { uri: body.totpURI, backupCodes: body.backupCodes };
}

const signIn = (bench: UsersBench) => bench.post('/sign-in/email', { email, password: 'correct horse battery' });

test('with a second factor a password alone is not enough', async () => {
  const bench = new UsersBench();
  const { uri } = await withSecondFactor(bench);
  const first = await signIn(bench);
  expect(first.body).toMatchObject({ twoFactorRedirect: true, challenge: expect.any(String) });
  expect([first.body.accessToken, first.body.user]).toEqual([undefined, undefined]);
  const { challenge } = first.body;
  const code = totp(uri, Date.now());
  expect((await bench.post('/mfa/challenge', { code })).status).toBe(401);
  expect((await bench.post('/mfa/challenge', { code: other(code) }, { challenge })).status).toBe(401);
  expect((await bench.post('/mfa/challenge', { code }, { challenge })).body).toMatchObject({
    user: { email },
    accessToken: expect.any(String),
  });
  expect((await bench.post('/mfa/challenge', { code }, { challenge })).status).toBe(401);
});

test('a challenge is good for the project and the user it was given to', async () => {
  const [bench, shop] = [new UsersBench(), new UsersBench('other')];
  const { uri } = await withSecondFactor(bench);
  await withSecondFactor(shop);
  const { challenge } = (await signIn(shop)).body;
  expect((await bench.post('/mfa/challenge', { code: totp(uri, Date.now()) }, { challenge })).status).toBe(401);
});

test('backup codes are random, sealed, and good once', async () => {
  const bench = new UsersBench();
  const { backupCodes } = await withSecondFactor(bench);
  expect(new Set(backupCodes).size).toBe(10);
  const [code = ''] = backupCodes;
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM auth_twoFactor'))).not.toContain(code);
  const use = async (): Promise<number> => {
    const { challenge } = (await signIn(bench)).body;
    return (await bench.post('/two-factor/verify-backup-code', { code }, { challenge })).status;
  };
  expect(await use()).toBe(200);
  expect(await use()).toBe(401);
});

test('second factors cannot be guessed: after ten wrong codes the account waits, whatever address they come from', async () => {
  const bench = new UsersBench();
  const { uri } = await withSecondFactor(bench);
  const tryOnce = async (code: string, address: string): Promise<string> => {
    const { challenge } = (await signIn(bench)).body;
    const { status, body } = await bench.post('/mfa/challenge', { code }, { challenge, address });
    return status === 200 ? 'in' : body.code;
  };
  const wrong = other(totp(uri, Date.now()));
  const answers = new Set<string>();
  for (let guesses = 0; guesses < 11; guesses++) answers.add(await tryOnce(wrong, `198.51.100.${guesses}`));
  expect(await tryOnce(totp(uri, Date.now()), '192.0.2.1')).not.toBe('in');
  expect([...answers]).toContain('ACCOUNT_TEMPORARILY_LOCKED');
}, 30_000);
