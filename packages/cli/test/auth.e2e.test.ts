/** `bb auth` as somebody new uses it: a fresh app under `bb dev`, with no account anywhere. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@betterbase/client/users';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bb } from './bb.ts';
import { DevServer } from './dev-server.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
let dev: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'betterbase-auth-'));
  dev = await DevServer.start(folder);
});
afterAll(async () => {
  await dev?.kill();
  await rm(folder, { recursive: true, force: true });
});

const auth = (...args: readonly string[]) => bb(['auth', ...args], { cwd: dev.app });

test('setup gives the app a table of its users, once', async () => {
  expect(await auth('setup')).toMatchObject({ code: 0 });
  await dev.next(/deployed in/);
  expect(await readFile(join(dev.app, 'betterbase/schema.ts'), 'utf8')).toMatch(/import \{[^}]*usersTable \}[^]*users: usersTable,/);
  expect((await auth('setup')).out).toContain('left src/client.ts as it is');
});

test('people sign up, and who administers the project sees them, signs them out and sends them away', async () => {
  const client = createClient({ url: dev.url, storage: null });
  const { data, error } = await client.auth.signUp('ada@example.com', 'correct horse battery', 'Ada');
  expect(error).toBeNull();
  const id = data?.user.id ?? '';
  await vi.waitFor(async () => expect(await client.query('queries/me:get')).toMatchObject({ id, name: 'Ada' }), { timeout: 5_000 });
  expect((await auth('users')).out).toContain(`${id}  ada@example.com  Ada`);
  expect((await auth('sign-out', id)).out).toContain('ended 1 sessions');
  expect((await auth('ban', id, '--reason', 'spam')).out).toContain('ada@example.com is banned');
  expect((await client.auth.signIn('ada@example.com', 'correct horse battery')).error?.details).toMatchObject({ code: 'BANNED_USER' });
  expect((await auth('unban', id)).code).toBe(0);
  expect((await client.auth.signInWithPassword({ email: 'ada@example.com', password: 'correct horse battery' })).error).toBeNull();
  client.close();
});

test('codes stand in the terminal of bb dev', async () => {
  expect((await auth('set', 'otp_enabled=true', 'allowed_email_domains=example.com,example.org')).out).toContain('otp_enabled = true');
  expect((await auth('settings')).out).toContain('allowed_email_domains = ["example.com","example.org"]');
  expect((await auth('set', 'otp=true')).code).not.toBe(0);
  const client = createClient({ url: dev.url, storage: null });
  await client.auth.sendOtp('bob@example.org');
  const [, code = ''] = await dev.next(/to bob@example\.org · (\d{6}) is your code/);
  expect((await client.auth.verifyOtp('bob@example.org', code)).data?.user.email).toBe('bob@example.org');
  client.close();
});

test('a provider is turned on with its credentials, and what is missing is said', async () => {
  const id = '1234-abcd.apps.googleusercontent.com';
  const google = await auth('add-provider', 'google', '--client-id', id, '--client-secret', 'GOCSPX-secret', '--json');
  expect(JSON.parse(google.out)).toEqual({
    provider: 'google',
    callback: `${dev.url}/auth/callback/google`,
    missing: [],
    console: 'https://console.cloud.google.com/apis/credentials',
  });
  const github = await auth('add-provider', 'github', '--client-id', 'Ov23liAbCdEf01234567');
  expect(github.out).toContain('once its credentials are set: GITHUB_CLIENT_SECRET');
  expect(github.out).toContain(`(Authorization callback URL):\n  ${dev.url}/auth/callback/github`);
  const own = await auth('add-provider', 'company', '--issuer', 'https://login.example.com', '--client-id', 'my-app');
  expect(own.out).toContain('people may sign in with company');
  const listed = await auth('providers');
  expect(listed.out).toMatch(/✔ google .*\n● github {2}lacks GITHUB_CLIENT_SECRET.*\n✔ company/);

  const begun = await fetch(`${dev.url}/auth/authorize/google?redirectTo=http://localhost:5173/&code_challenge=${'a'.repeat(43)}`, {
    redirect: 'manual',
  });
  const there = new URL(begun.headers.get('location') ?? '');
  expect([there.host, there.searchParams.get('redirect_uri')]).toEqual(['accounts.google.com', `${dev.url}/auth/callback/google`]);
  expect((await auth('remove-provider', 'google')).out).toContain('took away GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET');
  expect((await auth('remove-provider', 'company')).code).toBe(0);
  expect((await auth('providers', '--json')).out).not.toMatch(/google|company/);
  expect((await auth('remove-provider', 'google')).err).toContain('bb auth providers');
});

test('without credentials bb dev stands in for a provider, on a page where whoever comes chooses who they are', async () => {
  const added = await auth('add-provider', 'discord');
  expect(added.out).toMatch(/people may sign in with discord: on this machine `bb dev` stands in[^]*--client-id … --client-secret …/);
  expect((await auth('providers')).out).toContain('discord  bb dev stands in for it');

  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({ redirectTo: 'http://localhost:5173/', code_challenge: challenge });
  const begun = await fetch(`${dev.url}/auth/authorize/discord?${query.toString()}`, { redirect: 'manual' });
  const there = begun.headers.get('location') ?? '';
  expect(there).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/discord\/authorize\?/);
  const page = await (await fetch(there)).text();
  const choice = /<a href="(\?[^"]*)"><span>Grace Hopper/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const back = (await fetch(new URL(choice, there), { redirect: 'manual' })).headers.get('location') ?? '';
  const [cookie = ''] = (begun.headers.getSetCookie()[0] ?? '').split(';');
  const ended = await fetch(back, { headers: { cookie }, redirect: 'manual' });
  const code = new URL(ended.headers.get('location') ?? '').searchParams.get('code');
  const exchanged = await fetch(`${dev.url}/auth/exchange`, { method: 'POST', body: JSON.stringify({ code, verifier }) });
  expect(await exchanged.json()).toMatchObject({
    token: expect.any(String),
    user: { name: 'Grace Hopper', email: 'grace@example.com', emailVerified: true },
  });

  // With credentials it is the provider itself.
  await auth('add-provider', 'discord', '--client-id', '157730590492196864', '--client-secret', 'abcdefghijklmnop');
  const real = await fetch(`${dev.url}/auth/authorize/discord?${query.toString()}`, { redirect: 'manual' });
  expect(real.headers.get('location')).toMatch(/^https:\/\/discord\.com\//);
  expect((await auth('remove-provider', 'discord')).code).toBe(0);
});

test('credentials that cannot be right are refused, with where to look, and nothing is changed', async () => {
  const wrong = await auth('add-provider', 'discord', '--client-id', 'my-bot');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/does not look like[^]*discord\.com\/developers/)]);
  expect((await auth('add-provider', 'myspace')).err).toContain('--issuer https://login.example.com');
  expect((await auth('providers')).out).not.toContain('discord');
});

test('Apple is signed in with by what Apple hands out: a key in a file, which nobody reads again', async () => {
  const key = join(folder, 'AuthKey_F6G7H8I9J0.p8');
  const ec = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(key, ec.privateKey);
  const ids = ['--client-id', 'com.example.web', '--team-id', 'A1B2C3D4E5', '--key-id', 'F6G7H8I9J0'];
  expect((await auth('add-provider', 'apple', ...ids)).out).toContain('once its credentials are set: APPLE_PRIVATE_KEY');
  expect((await auth('add-provider', 'apple', '--private-key', key)).out).toMatch(
    /✔ people may sign in with apple[^]*Return URLs[^]*localhost/,
  );
  expect((await bb(['env', 'list', '--json'], { cwd: dev.app })).out).not.toContain('BEGIN');
  const begun = await fetch(`${dev.url}/auth/authorize/apple?redirectTo=http://localhost:5173/&code_challenge=${'a'.repeat(43)}`, {
    redirect: 'manual',
  });
  expect(new URL(begun.headers.get('location') ?? '').searchParams.get('response_mode')).toBe('form_post');
});
