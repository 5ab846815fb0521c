/** Whatever somebody shows to prove who they are is random, not in the database, good once, not for long, and not to be guessed. */
import { hashPassword } from 'better-auth/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clientId, clientSecret, type OidcIssuer, startOidcIssuer } from '../../gateway/test/oidc-issuer.ts';
import { type Answer, UsersBench } from '../test/users-bench.ts';
import { verifier, visitIssuer } from '../test/visit-issuer.ts';

const password = 'correct horse battery';
const minute = 60;

interface Kind {
  /** Where the row is. */
  readonly table: 'verification' | 'twoFactor';
  /** Seconds that it is good; null: until it is used. */
  readonly life: number | null;
  /** A code that is long enough cannot be guessed, however often somebody tries: how often it is sent is limited instead. */
  readonly guard: 'guesses' | 'sending' | 'length';
  readonly shape: RegExp;
  /** Gets one. @param who a number */
  readonly get: (bench: UsersBench, who: number) => Promise<string>;
  readonly use: (bench: UsersBench, code: string, who: number) => Promise<Answer>;
  /** Asks for one more. */
  readonly ask: (bench: UsersBench, who: number) => Promise<Answer>;
}

const email = (who: number): string => `user-${who}@example.com`;
const phone = (who: number): string => `+1555010020${who}`;
const inMail = async (bench: UsersBench, found: RegExp): Promise<string> => found.exec((await bench.message()).text)?.[1] ?? '';

/** Asks, and reads what was sent. */
const sent =
  (ask: Kind['ask'], found: RegExp): Kind['get'] =>
  async (bench, who) => {
    expect((await ask(bench, who)).status).toBe(200);
    return await inMail(bench, found);
  };

function mailed(path: string, body: (who: number) => object, found: RegExp): Pick<Kind, 'ask' | 'get'> {
  const ask: Kind['ask'] = (bench, who) => bench.post(path, body(who));
  return { ask, get: sent(ask, found) };
}

const digits = { shape: /^\d{6}$/, guard: 'guesses', table: 'verification', life: 5 * minute } as const;
const link = { shape: /^[A-Za-z0-9]{24,}$/, guard: 'sending', table: 'verification' } as const;
const code = /\b(\d{6})\b/;
const otp = (type: string): Pick<Kind, 'ask' | 'get'> =>
  mailed('/email-otp/send-verification-otp', (who) => ({ email: email(who), type }), code);

const kinds: Readonly<Record<string, Kind>> = {
  'a code by e-mail to sign in': {
    ...digits,
    ...otp('sign-in'),
    use: (bench, shown, who) => bench.post('/sign-in/email-otp', { email: email(who), otp: shown }),
  },
  'a code by e-mail for a new password': {
    ...digits,
    ...otp('forget-password'),
    use: (bench, shown, who) => bench.post('/email-otp/reset-password', { email: email(who), otp: shown, password: 'a better password' }),
  },
  'a code by e-mail that confirms an address': {
    ...digits,
    ...otp('email-verification'),
    use: (bench, shown, who) => bench.post('/email-otp/verify-email', { email: email(who), otp: shown }),
  },
  'a code by text message': {
    ...digits,
    ...mailed('/phone/send', (who) => ({ phone: phone(who) }), code),
    use: (bench, shown, who) => bench.post('/phone/verify', { phone: phone(who), code: shown }),
  },
  'a code by text message for a new password': {
    ...digits,
    ...mailed('/phone-number/request-password-reset', (who) => ({ phoneNumber: phone(who) }), code),
    use: (bench, shown, who) =>
      bench.post('/phone-number/reset-password', { phoneNumber: phone(who), otp: shown, newPassword: 'a better password' }),
  },
  'a link by e-mail to sign in': {
    ...link,
    life: 5 * minute,
    ...mailed('/magic-link/send', (who) => ({ email: email(who), callbackURL: 'http://localhost:5173/' }), /token=(\w+)/),
    use: (bench, shown) => bench.get(`/magic-link/verify?token=${shown}`),
  },
  'a link by e-mail to choose a password': {
    ...link,
    life: 60 * minute,
    ...mailed('/request-password-reset', (who) => ({ email: email(who), redirectTo: 'http://localhost:5173/' }), /reset-password\/(\w+)/),
    use: (bench, shown) => bench.post('/reset-password', { token: shown, newPassword: 'a better password' }),
  },
  'what a page gets back from an issuer': {
    shape: /^[\w-]{43}$/,
    guard: 'length',
    table: 'verification',
    life: minute,
    get: (bench) => visitIssuer(bench),
    ask: (bench) => bench.get('/ok'),
    use: (bench, shown) => bench.post('/exchange', { code: shown, verifier }),
  },
  'a backup code of the second factor': {
    shape: /^[\w-]{11}$/,
    guard: 'guesses',
    table: 'twoFactor',
    life: null,
    ask: (bench) => bench.get('/ok'),
    get: async (bench, who) => {
      const { token } = (await bench.post('/sign-in/email', { email: email(who), password })).body;
      const { body } = await bench.post('/mfa/enable', { password }, { token });
      // As if an authenticator had shown that it knows the secret.
      bench.disk.rows('UPDATE auth_twoFactor SET verified = 1');
      bench.disk.rows('UPDATE auth_user SET twoFactorEnabled = 1 WHERE email = ?', email(who));
      return body.backupCodes[0];
    },
    use: async (bench, shown, who) => {
      const { challenge } = (await bench.post('/sign-in/email', { email: email(who), password })).body;
      return await bench.post('/two-factor/verify-backup-code', { code: shown }, { challenge });
    },
  },
};

const names = Object.keys(kinds);
const kindOf = (name: string): Kind => kinds[name] ?? expect.fail(name);

let issuer: OidcIssuer;
/** Of the password that everybody has: to make one takes a while. */
let hash: string;
beforeAll(async () => {
  issuer = await startOidcIssuer();
  hash = await hashPassword(password);
});
afterAll(() => issuer.stop());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

async function start(people = 2): Promise<UsersBench> {
  const bench = new UsersBench();
  bench.values['COMPANY_CLIENT_SECRET'] = clientSecret;
  const ways = { otp_enabled: true, magic_link_enabled: true, phone_enabled: true };
  await bench.set({ ...ways, oidc_providers: { company: { issuer: issuer.url, client_id: clientId } } });
  for (let who = 0; who < people; who++) {
    const [id, at] = [`user-${who}`, new Date().toISOString()];
    const [createdAt, updatedAt] = [at, at];
    const user = { id, name: '', email: email(who), phoneNumber: phone(who), createdAt, updatedAt };
    const account = { id, userId: id, accountId: id, providerId: 'credential', password: hash, createdAt, updatedAt };
    bench.users.rows({ do: 'insert', table: 'user', row: user });
    bench.users.rows({ do: 'insert', table: 'account', row: account });
  }
  return bench;
}

function pass(bench: UsersBench, seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
  bench.now = Date.now();
}

/** It did what such a code does. A link that is no good leads to a page that says so. */
const isGood = ({ status, body, location }: Answer): boolean => status === 200 && location === null && body?.accessToken !== null;
const everything = (bench: UsersBench): string =>
  JSON.stringify(
    bench.disk
      .rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'auth_%'")
      .map(([table]) => bench.disk.rows(`SELECT * FROM "${String(table)}"`)),
  );
/** Another of the same shape. */
const other = (shown: string): string => shown.replace(/.$/, (last) => (last === '7' ? '8' : '7'));

test.each(names)('%s is random', async (name) => {
  const { get, shape } = kindOf(name);
  const bench = await start(5);
  const codes: string[] = [];
  for (let who = 0; who < 5; who++) {
    codes.push(await get(bench, who));
    pass(bench, 3600);
  }
  for (const each of codes) expect(each).toMatch(shape);
  // Of a million, two of five are the same once in a hundred thousand times: three never are.
  expect(new Set(codes).size).toBeGreaterThan(3);
});

test.each(names)('%s is not in the database', async (name) => {
  const { get, use, table } = kindOf(name);
  const bench = await start();
  const before = bench.disk.rows(`SELECT count(*) FROM auth_${table}`)[0]?.[0];
  const shown = await get(bench, 0);
  expect(bench.disk.rows(`SELECT count(*) FROM auth_${table}`)[0]?.[0]).toBeGreaterThan(Number(before));
  const kept = everything(bench);
  for (const form of [shown, btoa(shown), Buffer.from(shown).toString('base64url'), Buffer.from(shown).toString('hex')])
    expect(kept).not.toContain(form);
  expect(isGood(await use(bench, shown, 0))).toBe(true);
});

test.each(names)('%s is good once, for whom it was made', async (name) => {
  const { get, use, guard } = kindOf(name);
  const bench = await start();
  const shown = await get(bench, 0);
  expect(isGood(await use(bench, other(shown), 0))).toBe(false);
  if (guard === 'guesses') expect(isGood(await use(bench, shown, 1))).toBe(false);
  expect(isGood(await use(bench, shown, 0))).toBe(true);
  pass(bench, 3);
  expect(isGood(await use(bench, shown, 0))).toBe(false);
});

test.each(names.filter((name) => kindOf(name).life !== null))('%s is good for a while, and says how long', async (name) => {
  const { get, use, life, table } = kindOf(name);
  const seconds = life ?? 0;
  const bench = await start();
  const last = await get(bench, 0);
  const [expiresAt] = bench.disk.rows(`SELECT expiresAt FROM auth_${table} ORDER BY createdAt DESC, expiresAt LIMIT 1`)[0] ?? [];
  expect(Math.abs(Date.parse(String(expiresAt)) - Date.now() - seconds * 1000)).toBeLessThan(1_000);
  pass(bench, seconds - 2);
  expect(isGood(await use(bench, last, 0))).toBe(true);
  pass(bench, 3_600);
  const late = await get(bench, 1);
  pass(bench, seconds + 1);
  expect(isGood(await use(bench, late, 1))).toBe(false);
});

test.each(names)('%s cannot be guessed, nor asked for without end', async (name) => {
  const { get, use, ask, guard, shape } = kindOf(name);
  const bench = await start();
  const shown = await get(bench, 0);
  if (guard === 'length') return expect(`${shown.length} ${shape.source}`).toBe('43 ^[\\w-]{43}$');
  const statuses: number[] = [];
  if (guard === 'sending') {
    for (let times = 0; times < 6; times++) statuses.push((await ask(bench, 0)).status);
    return expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  }
  for (let guesses = 0; guesses < 12; guesses++) statuses.push((await use(bench, other(shown), 0)).status);
  expect(statuses).not.toContain(200);
  expect(statuses.at(-1)).toBe(429);
  // The right one is no use to whoever has guessed so often.
  expect((await use(bench, shown, 0)).status).toBe(429);
});

test('a link that confirms an address is kept nowhere: it is signed, for an hour, and used again it does nothing', async () => {
  const bench = await start(0);
  await bench.set({ require_email_verification: true });
  const up = async (who: number): Promise<string> => {
    await bench.post('/sign-up/email', { name: '', email: email(who), password });
    return await inMail(bench, /(\/verify-email\S+)/);
  };
  const isConfirmed = (who: number): unknown => bench.disk.rows('SELECT emailVerified FROM auth_user WHERE email = ?', email(who))[0]?.[0];
  const [late, good] = [await up(0), await up(1)];
  const [, payload = '', signature = ''] = /token=([^&]+)/.exec(good)?.[1]?.split('.') ?? [];
  for (const part of [payload, signature]) expect(everything(bench)).not.toContain(part);
  const other = new UsersBench('other');
  await other.signUp(email(1));
  await other.post(good);
  expect(other.disk.rows('SELECT emailVerified FROM auth_user')).toEqual([[0]]);
  await bench.post(good.replace(payload, btoa(JSON.stringify({ email: email(0) }))));
  expect([isConfirmed(0), isConfirmed(1)]).toEqual([0, 0]);

  await bench.post(good);
  expect([isConfirmed(0), isConfirmed(1)]).toEqual([0, 1]);
  const before = everything(bench);
  const again = await bench.post(good);
  expect([again.body?.accessToken, everything(bench)]).toEqual([undefined, before]);
  pass(bench, 3_601);
  await bench.post(late);
  expect(isConfirmed(0)).toBe(0);
});

test('a mailbox is not flooded by people who sign up with it, wherever they are', async () => {
  const bench = await start(1);
  await bench.set({ require_email_verification: true });
  const statuses: number[] = [];
  for (let times = 0; times < 7; times++)
    statuses.push((await bench.post('/sign-up/email', { name: '', email: email(0), password }, { address: `198.51.100.${times}` })).status);
  await bench.sent();
  expect([statuses, bench.messages.length]).toEqual([[200, 200, 200, 200, 200, 429, 429], 5]);
});
