/** Nobody learns who has an account: neither from what is answered, nor from how much was done before it was. */
import type * as BetterAuthCrypto from 'better-auth/crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const hashed = vi.hoisted(() => ({ times: 0 }));
vi.mock('better-auth/crypto', async (load) => {
  const real = await load<typeof BetterAuthCrypto>();
  return {
    ...real,
    hashPassword: (password: string) => ((hashed.times += 1), real.hashPassword(password)),
    verifyPassword: (shown: { hash: string; password: string }) => ((hashed.times += 1), real.verifyPassword(shown)),
  };
});

const password = 'correct horse battery';
const [there, nobody] = ['ada@example.com', 'bob@example.com'];
const [numberThere, numberOfNobody] = ['+15550100200', '+15550100201'];

beforeEach(() => {
  hashed.times = 0;
});

async function start(change: Parameters<UsersBench['set']>[0] = {}): Promise<UsersBench> {
  const bench = new UsersBench();
  await bench.set({ otp_enabled: true, magic_link_enabled: true, phone_enabled: true });
  await bench.signUp(there);
  // With a password, which is what signing in by number takes.
  bench.disk.rows('UPDATE auth_user SET phoneNumber = ?, phoneNumberVerified = 1', numberThere);
  await bench.set(change);
  return bench;
}

/** What is answered, without what is different each time. */
function told({ status, body, location }: { status: number; body: unknown; location: string | null }): unknown {
  const text = JSON.stringify(body)
    .replaceAll(/\b(?:ada|bob)@example\.com|\+1555010020[01]/g, 'somebody')
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"now"')
    .replaceAll(/"id":"[^"]+"/g, '"id":"…"');
  return { status, location, text };
}

const reset = { newPassword: 'another one entirely', password: 'another one entirely', otp: '000000' };
const calls: readonly (readonly [path: string, body: (email: string, phoneNumber: string) => object])[] = [
  ['/sign-in/email', (email) => ({ email, password: 'wrong password' })],
  ['/sign-in/phone-number', (_, phoneNumber) => ({ phoneNumber, password: 'wrong password' })],
  ['/sign-in/magic-link', (email) => ({ email })],
  ['/sign-in/email-otp', (email) => ({ email, otp: '000000' })],
  ['/email-otp/reset-password', (email) => ({ email, ...reset })],
  ['/email-otp/verify-email', (email) => ({ email, otp: '000000' })],
  ['/email-otp/check-verification-otp', (email) => ({ email, otp: '000000', type: 'forget-password' })],
  ['/phone-number/send-otp', (_, phoneNumber) => ({ phoneNumber })],
  ['/phone-number/verify', (_, phoneNumber) => ({ phoneNumber, code: '000000' })],
  ['/phone-number/reset-password', (_, phoneNumber) => ({ phoneNumber, ...reset })],
];

test.each(calls)('%s is answered alike, after as many hashes and operations', async (path, body) => {
  const bench = await start();
  const measure = async (email: string, phone: string) => {
    hashed.times = 0;
    bench.operations.length = 0;
    const answer = told(await bench.post(path, body(email, phone)));
    return { answer, hashes: hashed.times, operations: [...bench.operations] };
  };
  // What has expired is swept away now and then, whoever is asked for.
  await bench.post(path, body('cleo@example.com', '+15550100202'));
  const known = await measure(there, numberThere);
  const unknown = await measure(nobody, numberOfNobody);
  expect(unknown).toEqual(known);
  expect(known.hashes).toBe(path === '/sign-in/email' || path === '/sign-in/phone-number' ? 1 : 0);
});

const silent: typeof calls = [
  ['/request-password-reset', (email) => ({ email })],
  ['/send-verification-email', (email) => ({ email })],
  ['/email-otp/request-password-reset', (email) => ({ email })],
  ['/forget-password/email-otp', (email) => ({ email })],
  ['/email-otp/send-verification-otp', (email) => ({ email, type: 'sign-in' })],
  ['/email-otp/send-verification-otp', (email) => ({ email, type: 'email-verification' })],
  ['/email-otp/send-verification-otp', (email) => ({ email, type: 'forget-password' })],
  ['/phone-number/request-password-reset', (_, phoneNumber) => ({ phoneNumber })],
  ['/sign-up/email', (email) => ({ name: 'Somebody', email, password })],
];

test.each(silent)('%s is answered alike, and before it is known whether there is such an account', async (path, body) => {
  const bench = await start({ require_email_verification: true });
  const known = told(await bench.post(path, body(there, numberThere)));
  expect(told(await bench.post(path, body(nobody, numberOfNobody)))).toEqual(known);
  expect(known).toMatchObject({ status: 200 });
  await bench.sent();
  bench.now += 3_600_000;
  bench.hangs = true;
  expect(told(await bench.post(path, body(there, numberThere)))).toEqual(known);
});

test('what is wrong with a request is told all the same', async () => {
  const bench = await start({ require_email_verification: true, blocked_email_domains: ['blocked.example'], password_min_length: 10 });
  const up = async (email: string, shown: string): Promise<unknown> =>
    (await bench.post('/sign-up/email', { name: '', email, password: shown })).body.code;
  expect([await up('no address', password), await up(there, 'short'), await up('a@blocked.example', password)]).toEqual([
    'VALIDATION_ERROR',
    'PASSWORD_TOO_SHORT',
    'EMAIL_DOMAIN_NOT_ALLOWED',
  ]);
});

test('where addresses must be confirmed, whoever owns the address is told that somebody signed up with it, and nobody else', async () => {
  const bench = await start({ require_email_verification: true });
  const before = hashed.times;
  await bench.post('/sign-up/email', { name: 'Eve', email: there, password: 'of somebody else' });
  expect(await bench.message()).toMatchObject({ kind: 'exists', to: there, subject: 'You have an account already' });
  expect(hashed.times - before).toBe(1);
  expect((await bench.post('/sign-in/email', { email: there, password: 'of somebody else' })).status).toBe(401);
  bench.hangs = false;
  await bench.post('/sign-up/email', { name: 'Bob', email: nobody, password });
  expect(await bench.message()).toMatchObject({ kind: 'verify', to: nobody });
  expect(bench.messages).toHaveLength(2);
});

test('a code for a new password that was asked for is not told from one that was not, nor when it is over', async () => {
  const bench = await start();
  for (const email of [there, nobody]) await bench.post('/email-otp/request-password-reset', { email });
  await bench.sent();
  const guess = async (email: string): Promise<unknown> => told(await bench.post('/email-otp/reset-password', { email, ...reset }));
  for (let guesses = 0; guesses < 5; guesses++) {
    expect(await guess(there)).toEqual(await guess(nobody));
    bench.now += 3_600_000;
  }
  bench.disk.rows("UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
  expect(await guess(there)).toEqual(await guess(nobody));
});

test('where nobody confirms an address, signing up does say that it is taken: a session follows, or it does not', async () => {
  const bench = await start();
  const taken = await bench.post('/sign-up/email', { name: '', email: there, password });
  expect([taken.status, taken.body.errorCode]).toEqual([422, 'auth/account-exists']);
  const statuses = new Set<number>();
  for (let tries = 0; tries < 25; tries++) statuses.add((await bench.post('/sign-up/email', { name: '', email: there, password })).status);
  expect([...statuses]).toContain(429);
});
