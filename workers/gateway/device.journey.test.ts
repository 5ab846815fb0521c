/** The installation's pages in a real browser, and `bb login` with its own process. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setupToken } from '@betterbase/protocol/admin';
import { deviceAnswer, deviceCode } from '@betterbase/protocol/admin/device';
import { launchBrowser } from '@betterbase/testing/browser';
import { freePort, Program } from '@betterbase/testing/process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { adminKey, type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { askAs, inviteAs, owner } from './test/people.ts';

const launcher = join(import.meta.dirname, '../../packages/cli/bin/bb.js');
const pictures = join(import.meta.dirname, '../../.artifacts/pages');

let platform: LocalPlatform;
let browser: Browser;
let config: string;

beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  config = await mkdtemp(join(tmpdir(), 'betterbase-config-'));
  [platform, browser] = await Promise.all([startLocalPlatform({ host: 'loader', port: await freePort() }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await platform.stop();
  await rm(config, { recursive: true });
});

const as = (token: string | null, method: string, path: string, body?: unknown): Promise<Answer> =>
  askAs(platform, token, method, path, body);

async function openPage(path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 720, height: 760 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  // What the policy stops is a fault of ours: the pages need nothing that it forbids.
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy')) throw new Error(message.text());
  });
  await page.goto(platform.url + path);
  return page;
}

async function signInOn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const environment = { ...process.env, NO_COLOR: '1' };

function startBb(...args: string[]): Program {
  const program = new Program(process.execPath, [launcher, ...args, '--url', platform.url], {
    env: { ...environment, XDG_CONFIG_HOME: config },
  });
  onTestFinished(() => program.kill());
  return program;
}

/** Runs it to its end. */
function bb(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  const options = { env: { ...environment, XDG_CONFIG_HOME: config } };
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args, '--url', platform.url], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : 1, output: out + err }),
    );
  });
}

const askCode = async (client = 'a test') => (await as(null, 'POST', '/device/code', { client })).body;
const poll = (code: string) => as(null, 'POST', '/device/token', { device_code: code });

test('the first admin is made on a page, which is closed then', async () => {
  const page = await openPage(`/setup?token=${await setupToken(adminKey)}`);
  await page.screenshot({ path: join(pictures, 'setup.png') });
  await page.getByLabel('Setup token').fill('bb_setup_wrong');
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button').click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('not the setup token');

  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByLabel('Setup token').fill(await setupToken(adminKey));
  await page.getByRole('button').click();
  await page.getByText(`You are signed in as ${owner.email}`).waitFor();
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await page.goto(`${platform.url}/setup?token=${await setupToken(adminKey)}`);
  await page.getByText('has its first admin').waitFor();
});

test('bb login shows a code, a browser lets it in, and bb logout ends the session', async () => {
  const program = startBb('login');
  const [, address = '', code = ''] = await program.until(/Open (\S+)\nand let in the program that shows (\S+)/);
  expect(address).toBe(`${platform.url}/device?code=${code}`);
  const page = await openPage(`/device?code=${code}`);
  await page.screenshot({ path: join(pictures, 'device-sign-in.png') });
  await signInOn(page);
  await page.getByText('Let this program in?').waitFor();
  await page.screenshot({ path: join(pictures, 'device.png') });
  expect(await page.locator('.code').textContent()).toBe(code);
  expect(await page.locator('main').textContent()).toMatch(/bb on /);
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByText('You can close this page').waitFor();
  await page.screenshot({ path: join(pictures, 'device-done.png') });

  await program.until(new RegExp(`signed in to ${platform.url} as ${owner.email}`));
  const file = join(config, 'betterbase/credentials.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { token } = JSON.parse(await readFile(file, 'utf8'))[platform.url];
  expect((await bb('whoami')).output).toContain(`${owner.email} (admin) at ${platform.url}\n  owner  everywhere`);
  expect((await bb('projects', 'list')).code).toBe(0);
  expect((await as(token, 'GET', '/admin/auth/sessions')).body.sessions[0]).toMatchObject({ user_agent: expect.stringMatching(/^bb on /) });

  expect((await bb('logout')).output).toContain('signed out');
  expect(await as(token, 'GET', '/admin/whoami')).toMatchObject({ status: 401, body: { code: 'auth/session-ended' } });
  expect(await readFile(file, 'utf8')).not.toContain('bb_session');
  expect((await bb('whoami')).output).toContain('bb login');
});

test('what is refused on the page stays out', async () => {
  const { user_code, device_code } = await askCode();
  const page = await openPage(`/device?code=${user_code}`);
  await signInOn(page);
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByRole('heading', { name: 'Refused' }).waitFor();
  expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: 'invalid_device_code' } });
});

describe('codes', () => {
  test('a program waits, not too hastily, and gets in once', async () => {
    const { device_code, user_code, interval, expires_in } = await askCode();
    expect([interval, expires_in]).toEqual([5, 600]);
    expect(user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(await poll(device_code)).toMatchObject({ status: 202, body: { error: 'authorization_pending' } });
    expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: 'slow_down' } });
    const page = await openPage('/device');
    await signInOn(page);
    await page.getByLabel('Code').fill(user_code.toLowerCase().replace('-', ' '));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByText('You can close this page').waitFor();
    const both = await Promise.all([poll(device_code), poll(device_code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    const { access_token, token_type } = both.find(({ status }) => status === 200)?.body ?? {};
    expect([token_type, (await as(access_token, 'GET', '/admin/whoami')).status]).toEqual(['Bearer', 200]);
    const { logs } = (await platform.admin('GET', '/audit?action=device.approve')).body;
    expect(logs[0]).toMatchObject({ actor_name: owner.email, after_data: { client: 'a test' } });
  });

  test('a code that is over lets nobody in, nor does one that was made up', async () => {
    const { device_code, user_code } = await askCode();
    await platform.rows('DB', `UPDATE device_codes SET expires_at = ${Date.now() - 1}`);
    expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
    expect(await poll('bb_device_made_up')).toMatchObject({ status: 400, body: { error: 'invalid_device_code' } });
    const page = await openPage(`/device?code=${user_code}`);
    await signInOn(page);
    await page.getByText('No program waits with this code').waitFor();
  });

  test('what is in the database gives nobody a session', async () => {
    const { device_code, user_code } = await askCode();
    const kept = JSON.stringify(await platform.rows('DB', 'SELECT * FROM device_codes'));
    expect(kept).not.toContain(device_code);
    expect(kept).not.toContain(user_code);
  });

  test('whoever guesses codes waits', async () => {
    const page = await openPage('/device');
    await signInOn(page);
    for (const guess of ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD', 'FFFF-FFFF']) await page.goto(`${platform.url}/device?code=${guess}`);
    expect(await page.getByRole('alert').textContent()).toContain('too often');
    await platform.rows('DB', 'DELETE FROM attempts');
  });
});

describe('programs that wait', () => {
  const list = async (token: string) => (await as(token, 'GET', '/admin/cli-sessions')).body;
  const refuse = (token: string, code: string) => as(token, 'DELETE', `/admin/cli-sessions/pending/${encodeURIComponent(code)}`);
  const look = async (code: string): Promise<Page> => {
    const page = await openPage(`/device?code=${code}`);
    await signInOn(page);
    await page.getByText('Let this program in?').waitFor();
    return page;
  };
  const signedIn = async (email: string): Promise<string> =>
    (await as(null, 'POST', '/admin/auth/login', { email, password: owner.password })).body.token;

  test('are shown to whoever has looked at them, with their own keys and sessions, and to nobody else', async () => {
    const olga = await signedIn(owner.email);
    const ben = await inviteAs(platform, olga, { email: 'ben@example.com', role: 'owner' });
    await as(ben, 'POST', '/admin/api-keys', { name: 'ben’s', role: 'viewer' });
    const { user_code, device_code } = await askCode('mine');
    await askCode('somebody else’s');
    expect((await list(olga)).pending_authorizations).toEqual([]);
    const page = await look(user_code);
    const mine = await list(olga);
    expect(mine.pending_authorizations).toMatchObject([{ client: 'mine', state: 'pending', expires_at: expect.any(Number) }]);
    expect(JSON.stringify(mine)).not.toContain(user_code);
    expect(mine.sessions.some(({ current }: { current: boolean }) => current)).toBe(true);
    const other = await list(ben);
    expect([other.pending_authorizations, other.active_keys, other.sessions]).toMatchObject([[], [{ name: 'ben’s' }], [{ current: true }]]);
    expect(await as(adminKey, 'GET', '/admin/cli-sessions')).toMatchObject({ status: 403, body: { code: 'admin/no-person' } });

    const [{ id }] = mine.pending_authorizations;
    for (const code of [id, user_code, 'BBBB-BBBB'])
      expect(await refuse(ben, code)).toMatchObject({ status: 404, body: { code: 'admin/not-found' } });
    expect((await refuse(ben, user_code)).status).toBe(429);
    expect((await poll(device_code)).status).toBe(202);
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByText('You can close this page').waitFor();
    expect((await list(olga)).pending_authorizations).toMatchObject([{ state: 'approved' }]);
    expect((await refuse(olga, id)).status).toBe(200);
    expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
    expect((await list(olga)).pending_authorizations).toEqual([]);
    await platform.rows('DB', 'DELETE FROM attempts');
  });

  test('are refused with bb by the code they show', async () => {
    const olga = await signedIn(owner.email);
    const { user_code, device_code } = await askCode('unwanted');
    expect((await bb('sessions', 'refuse', user_code.toLowerCase(), '--key', olga)).output).toContain('refused');
    expect(await poll(device_code)).toMatchObject({ body: { error: 'access_denied' } });
    expect((await bb('sessions', 'list', '--key', olga)).output).toContain('(this one)');
    expect((await bb('settings', 'health', '--key', olga)).output).toMatch(/database {2}ok {2}\d+ ms\nserver {4}ok {2}up \d+ s/);
    expect((await platform.admin('GET', '/instance/health')).status).toBe(200);
  });

  test('are told what the contract says, and wait where one address asks too often', async () => {
    const code = await askCode();
    expect(deviceCode.safeParse(code).success).toBe(true);
    expect(deviceAnswer.safeParse((await poll(code.device_code)).body).success).toBe(true);
    const ask = () =>
      platform.request('/device/token', {
        method: 'POST',
        headers: { 'cf-connecting-ip': '203.0.113.77' },
        body: '{"device_code":"bb_device_guess"}',
      });
    const statuses = new Set<number>();
    for (let round = 0; round < 250; round += 50)
      for (const { status } of await Promise.all(Array.from({ length: 50 }, ask))) statuses.add(status);
    expect([...statuses].sort()).toEqual([400, 429]);
    await platform.admin('PATCH', '/instance', { ip_allowlist: ['198.51.100.0/24'] });
    expect((await poll(code.device_code)).status).toBe(403);
    await platform.admin('PATCH', '/instance', { ip_allowlist: [] });
  });
});

describe('other people’s pages', () => {
  test('nothing that a program calls itself becomes part of the page', async () => {
    const { user_code } = await askCode('<img src=x onerror=document.title="owned"><script>document.title="owned"</script>');
    const page = await openPage(`/device?code=${user_code}`);
    await signInOn(page);
    await page.getByText('<img src=x').waitFor();
    await page.goto(`${platform.url}/device?code=%22%3E%3Cscript%3Edocument.title%3D%22owned%22%3C%2Fscript%3E`);
    expect(await page.getByLabel('Code').inputValue()).toContain('<script>');
    expect(await page.title()).not.toContain('owned');
    expect(await page.locator('script, img').count()).toBe(0);
  });

  test('a form of another site lets nothing in, and no site shows the pages in a frame', async () => {
    const { user_code, device_code } = await askCode();
    const page = await openPage(`/device?code=${user_code}`);
    await signInOn(page);
    await page.getByText('Let this program in?').waitFor();
    const context = page.context();
    const evil = await context.newPage();
    await evil.route('http://evil.localhost/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${platform.url}/device?code=${user_code}"></iframe><form method="post" action="${platform.url}/device"><input name="step" value="approve"><input name="code" value="${user_code}"><button>x</button></form>`,
      }),
    );
    await evil.goto('http://evil.localhost/');
    expect(await evil.frames()[1]?.locator('main').count()).toBe(0);
    const [answer] = await Promise.all([evil.waitForResponse(`${platform.url}/device`), evil.getByRole('button').click()]);
    expect(answer.status()).toBe(403);
    expect((await poll(device_code)).status).toBe(202);
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const forged = await platform.request('/device', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: `step=approve&code=${user_code}`,
    });
    expect(forged.status).toBe(403);
  });

  test('every page comes with a policy that allows no script at all', async () => {
    for (const path of ['/device', '/setup', '/join?token=x']) {
      const response = await platform.request(path);
      expect(response.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect([response.headers.get('x-frame-options'), response.headers.get('cache-control')]).toEqual(['DENY', 'no-store']);
    }
  });
});

test('somebody who is invited joins on a page', async () => {
  const { link } = (await platform.admin('POST', '/invitations', { email: 'jo@example.com', role: 'viewer' })).body;
  const page = await openPage(link.slice(platform.url.length));
  expect(await page.locator('dl').textContent()).toContain('jo@example.com');
  await page.screenshot({ path: join(pictures, 'join.png') });
  await page.getByLabel('Your name').fill('Jo');
  await page.getByLabel('Password').fill('a good long password');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('You are signed in as jo@example.com').waitFor();
  await page.goto(link);
  await page.getByText('This is no invitation').waitFor();
});
