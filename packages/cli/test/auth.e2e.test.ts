/** `bb auth` as somebody new uses it: a fresh app under `bb dev`, with no account anywhere. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
  const google = await auth('add-provider', 'google', '--client-id', 'id', '--client-secret', 'secret', '--json');
  expect(JSON.parse(google.out)).toEqual({
    provider: 'google',
    callback: expect.stringMatching(/\/p\/my-app\/auth\/callback\/google$/),
    missing: [],
  });
  expect((await auth('add-provider', 'github')).out).toContain('bb env set GITHUB_CLIENT_ID=… GITHUB_CLIENT_SECRET=…');
  expect((await auth('add-provider', 'myspace')).code).not.toBe(0);
  const own = await auth('add-provider', 'company', '--issuer', 'https://login.example.com', '--client-id', 'my-app');
  expect(own.out).toContain('people may sign in with company');
});
