/** Second factors and forgotten passwords in a real browser, and with `bb` in its own process. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@betterbase/testing/browser';
import { freePort, Program } from '@betterbase/testing/process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { appCode } from './test/app-codes.ts';
import { adminKey, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { askAs, inviteAs, owner, setUpOwner } from './test/people.ts';
import { readBlocks, readPicture } from './test/read-qr.ts';

const launcher = join(import.meta.dirname, '../../packages/cli/bin/bb.js');
const pictures = join(import.meta.dirname, '../../.artifacts/pages');

let platform: LocalPlatform;
let browser: Browser;
let config: string;
let olga: string;
const mails: string[] = [];

beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  config = await mkdtemp(join(tmpdir(), 'betterbase-config-'));
  [platform, browser] = await Promise.all([
    startLocalPlatform({
      host: 'loader',
      port: await freePort(),
      vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' },
      onLog: (_, message) => mails.push(message),
    }),
    launchBrowser(),
  ]);
  olga = await setUpOwner(platform);
});
afterAll(async () => {
  await browser.close();
  await platform.stop();
  await rm(config, { recursive: true });
});
beforeEach(() => platform.rows('DB', 'DELETE FROM attempts'));

/** Without scripts: the pages need none. */
async function openPage(path: string, width = 1280): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 820 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) throw new Error(message.text());
  });
  await page.goto(platform.url + path);
  return page;
}

async function signInOn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** At a desk and on a phone. */
async function picture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 820 });
    const overflow = await page.locator('body').evaluate((body) => body.scrollWidth - body.clientWidth);
    expect([name, width, overflow]).toEqual([name, width, 0]);
    await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
  }
  if (size !== null) await page.setViewportSize(size);
}

const problem = (page: Page) => page.getByRole('alert').textContent();

test('a second factor is set up on a page, and then the pages ask for its codes', async () => {
  await inviteAs(platform, olga, { email: 'ann@example.com', role: 'developer' });
  const page = await openPage('/second-factor');
  await signInOn(page, 'ann@example.com');
  await page.getByLabel('Your password').fill('not this one');
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  expect(await problem(page)).toContain('do not fit');
  await page.getByLabel('Your password').fill(owner.password);
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  await page.getByText('Scan this').waitFor();
  await picture(page, 'second-factor');
  const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '') ?? '';
  const uri = await readPicture(browser, await page.locator('.qr').screenshot());
  expect(new URL(uri).searchParams.get('secret')).toBe(secret);

  await page.getByLabel('The code that the app shows').fill('000000');
  await page.getByRole('button').click();
  expect(await problem(page)).toContain('This code is wrong');
  await page.getByLabel('The code that the app shows').fill(await appCode(secret, -1));
  await page.getByRole('button').click();
  await page.getByRole('heading', { name: 'Keep your backup codes' }).waitFor();
  await picture(page, 'backup-codes');
  const codes = await page.locator('.codes code').allTextContents();
  expect(codes).toHaveLength(10);

  const { user_code, device_code } = (await askAs(platform, null, 'POST', '/device/code', {})).body;
  const phone = await openPage(`/device?code=${user_code}`, 360);
  await signInOn(phone, 'ann@example.com');
  await picture(phone, 'sign-in-code');
  expect(await phone.context().cookies()).toEqual([]);
  for (const wrong of ['000000', await appCode(secret, -1)]) {
    await phone.getByLabel('Code').fill(wrong);
    await phone.getByRole('button', { name: 'Sign in' }).click();
    expect(await problem(phone)).toContain('This code is wrong');
  }
  await phone.getByLabel('Code').fill(codes[0] ?? '');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.getByRole('button', { name: 'Let it in' }).click();
  await phone.getByText('You can close this page').waitFor();
  const { access_token } = (await askAs(platform, null, 'POST', '/device/token', { device_code })).body;
  expect((await askAs(platform, access_token, 'GET', '/admin/auth/me')).body).toMatchObject({ admin: { email: 'ann@example.com' } });
});

test('the code’s page opens one session, in time, for whoever knew the password', async () => {
  const token = await inviteAs(platform, olga, { email: 'ben@example.com', role: 'developer' });
  const { secret } = (await askAs(platform, token, 'POST', '/admin/auth/second-factor', { password: owner.password })).body;
  const { backup_codes } = (await askAs(platform, token, 'POST', '/admin/auth/second-factor/confirm', { code: await appCode(secret) }))
    .body;
  const post = (form: Record<string, string>) =>
    platform.request('/second-factor', {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: platform.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  const begin = async (): Promise<string> => {
    const text = await (await post({ step: 'sign-in', email: 'ben@example.com', password: owner.password })).text();
    return /name="pass" value="(bb_sign_in_[0-9a-f]{64})"/.exec(text)?.[1] ?? '';
  };
  const prove = (pass: string, proof: string) => post({ step: 'proof', pass, proof });
  const pass = await begin();
  expect(JSON.stringify(await platform.rows('DB', 'SELECT * FROM admin_passes'))).not.toContain(pass);
  const [first, second] = await Promise.all([prove(pass, backup_codes[0]), prove(pass, backup_codes[1])]);
  expect([first, second].map(({ status, headers }) => [status, headers.has('set-cookie')]).sort()).toEqual([
    [303, true],
    [401, false],
  ]);
  expect((await prove(`bb_sign_in_${'0'.repeat(64)}`, backup_codes[2])).status).toBe(401);
  const late = await begin();
  await platform.rows('DB', 'UPDATE admin_passes SET expires_at = 1');
  expect((await prove(late, backup_codes[3])).status).toBe(401);
  const reset = (await platform.admin('GET', '/users')).body.users.find(({ email }: { email: string }) => email === 'ben@example.com');
  const { link } = (await platform.admin('POST', `/users/${reset.id}/reset`)).body;
  expect((await prove(new URL(link).searchParams.get('token') ?? '', backup_codes[4])).status).toBe(401);
});

test('a forgotten password is replaced on a page, by a link that was mailed', async () => {
  await inviteAs(platform, olga, { email: 'eve@example.com', role: 'viewer' });
  const page = await openPage('/device');
  await page.getByRole('link', { name: 'Forgotten?' }).click();
  await picture(page, 'reset');
  await page.getByLabel('E-mail').fill('eve@example.com');
  await page.getByRole('button').click();
  const answered = await page.locator('main').textContent();
  await page.goto(`${platform.url}/reset`);
  await page.getByLabel('E-mail').fill('"><script>document.title="owned"</script>@example.com');
  await page.getByRole('button').click();
  expect(await page.locator('script').count()).toBe(0);
  await page.goto(`${platform.url}/reset`);
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByRole('button').click();
  expect(await page.locator('main').textContent()).toBe(answered);

  const link = /http\S+\/reset\?token=\S+/;
  await expect.poll(() => mails.some((mail) => link.test(mail))).toBe(true);
  const [address = ''] = link.exec(mails.join('\n')) ?? [];
  await page.goto(address);
  await picture(page, 'reset-link');
  await page.getByLabel('New password').fill('eve chooses this');
  await page.getByRole('button').click();
  await page.getByRole('heading', { name: 'It is set' }).waitFor();
  await page.goto(address);
  expect(await page.locator('main').textContent()).toContain('This link is wrong, was used, or is over.');
  await page.goto(`${platform.url}/reset?token=%22%3E%3Cscript%3E1%3C%2Fscript%3E`);
  expect(await page.locator('script').count()).toBe(0);
  expect(
    (await askAs(platform, null, 'POST', '/admin/auth/login', { email: 'eve@example.com', password: 'eve chooses this' })).status,
  ).toBe(200);
});

test('forms of other sites set nothing', async () => {
  for (const path of ['/reset', '/second-factor']) {
    const forged = await platform.request(path, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'step=ask&email=olga%40example.com',
    });
    expect([path, forged.status]).toEqual([path, 403]);
    expect((await platform.request(path)).headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
  }
});

test('bb sets a second factor up, makes new codes, does without it, and changes the password', async () => {
  const key = await inviteAs(platform, olga, { email: 'cli@example.com', role: 'developer' });
  const start = (...args: string[]): Program => {
    const program = new Program(process.execPath, [launcher, 'account', ...args, '--url', platform.url, '--key', key], {
      env: { NO_COLOR: '1', XDG_CONFIG_HOME: config },
      takesInput: true,
    });
    onTestFinished(() => program.kill());
    return program;
  };
  const enable = start('second-factor', 'enable');
  enable.write(`${owner.password}\n`);
  const [, secret = ''] = await enable.until(/type the secret into it:\n\n {2}([A-Z2-7]+)\n/);
  const blocks = enable.output.split('\n').filter((line) => /^[█▀▄ ]{30,}$/.test(line));
  expect(new URL(readBlocks(blocks)).searchParams.get('secret')).toBe(secret);
  enable.write(`${await appCode(secret, -1)}\n`);
  await enable.until(/not shown again/);
  const [first = '', second = ''] = enable.output.match(/\w{4}-\w{4}-\w{4}-\w{4}/g) ?? [];
  await start('second-factor', 'status').until(/is on, with 10 backup codes left/);

  const codes = start('second-factor', 'codes');
  codes.write(`${owner.password}\n${first}\n`);
  await codes.until(/not shown again/);
  const off = start('second-factor', 'disable');
  off.write(`${owner.password}\n${second}\n`);
  await off.until(/auth\/bad-code/);
  const again = start('second-factor', 'disable');
  again.write(`${owner.password}\n${await appCode(secret)}\n`);
  await again.until(/not asked for any more/);
  await start('second-factor', 'status').until(/have no second factor/);

  const password = start('password');
  password.write(`${owner.password}\nanother one of mine\n`);
  await password.until(/the password is changed/);

  const reset = new Program(process.execPath, [launcher, 'admins', 'reset', 'cli@example.com', '--url', platform.url, '--key', adminKey], {
    env: { NO_COLOR: '1', XDG_CONFIG_HOME: config },
  });
  onTestFinished(() => reset.kill());
  await reset.until(/once, within an hour:\n\n {2}http\S+\/reset\?token=bb_reset_[0-9a-f]{64}\n/);
});
