/** Signing in with a passkey, in a real browser with an authenticator of its own. */
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serveConvexPage } from './test/convex-page.ts';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { usersPage } from './test/users-page.ts';

let platform: LocalPlatform;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' } });
  for (const project of ['app', 'other']) {
    await platform.deploy(project, identityApp([]));
    await platform.admin('PATCH', `/projects/${project}/auth/settings`, { passkey_enabled: true, passkey_sign_up_enabled: true });
  }
  site = await serveConvexPage(usersPage);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await platform?.stop();
});

interface Device {
  readonly page: Page;
  readonly devtools: CDPSession;
  readonly authenticatorId: string;
}

/** A browser of its own, on a page of the project. */
async function device(project = 'app', host = 'localhost'): Promise<Device> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  await visit(page, project, host);
  return { page, devtools, authenticatorId };
}

async function visit(page: Page, project: string, host = 'localhost'): Promise<void> {
  await page.goto(`${site.url.replace('127.0.0.1', host)}/?url=${encodeURIComponent(`${platform.url}/p/${project}`)}`);
  await page.waitForFunction('window.auth !== undefined');
}

async function shows(page: Page, who: string): Promise<void> {
  await page.waitForFunction((wanted) => ['device', 'query'].every((id) => document.getElementById(id)?.textContent === wanted), who);
}

/** What the page's client answers; errors do not leave a page by themselves. */
function told(page: Page, call: string): Promise<unknown> {
  return page.evaluate(`auth.${call}.then(({ data, error }) => ({ data, error: error && { code: error.code, details: error.details } }))`);
}

const refusedAs = (code: string): object => ({ error: { code: 'auth/refused', details: { code } } });

test('a passkey signs in until it is removed, and a device that asks nobody does not', async () => {
  const { page, devtools, authenticatorId } = await device();
  await shows(page, 'nobody');
  expect(await told(page, 'addPasskey()')).toMatchObject({ error: { code: 'auth/required' } });
  await page.evaluate('auth.signUp("ada@home.example", "correct horse battery")');
  await shows(page, 'ada@home.example');
  expect(await told(page, 'addPasskey("Laptop")')).toMatchObject({ data: { name: 'Laptop', lastUsedAt: null }, error: null });
  expect(await told(page, 'addPasskey()')).toMatchObject(refusedAs('InvalidStateError'));
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true, userName: 'ada@home.example' }]);

  await page.evaluate('auth.signOut()');
  await shows(page, 'nobody');
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ data: { user: { email: 'ada@home.example' } }, error: null });
  await shows(page, 'ada@home.example');
  await page.reload();
  await shows(page, 'ada@home.example');

  await page.evaluate('auth.listPasskeys().then(({ data }) => auth.renamePasskey(data[0].id, "Old laptop"))');
  expect(await told(page, 'listPasskeys()')).toMatchObject({
    data: [{ name: 'Old laptop', deviceType: 'singleDevice', lastUsedAt: expect.any(String) }],
  });
  await page.evaluate('auth.signOut()');
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ error: { code: 'auth/refused' } });
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.evaluate('auth.signIn("ada@home.example", "correct horse battery")');
  await page.evaluate('auth.listPasskeys().then(({ data }) => auth.deletePasskey(data[0].id))');
  await page.evaluate('auth.signOut()');
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ error: { details: { code: 'PASSKEY_NOT_FOUND' } } });
  await shows(page, 'nobody');
});

test('an account of a passkey alone is filled in where the page offers that, and is not left without a way in', async () => {
  const { page, devtools, authenticatorId } = await device();
  expect(await told(page, 'signUpWithPasskey("Bea")')).toMatchObject({
    data: { user: { name: 'Bea' }, session: { token: expect.any(String) } },
    error: null,
  });
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toMatchObject([{ userName: 'Bea', userDisplayName: 'Bea' }]);
  expect(
    await page.evaluate('auth.listPasskeys().then(({ data }) => auth.deletePasskey(data[0].id)).then(({ error }) => error.details.code)'),
  ).toBe('LAST_WAY_IN');
  await page.evaluate('auth.signOut()');
  await shows(page, 'nobody');

  await page.evaluate(
    "document.body.insertAdjacentHTML('beforeend', '<input id=\"who\" autocomplete=\"username webauthn\">'); document.getElementById('who').focus()",
  );
  expect(await told(page, 'signInWithPasskey({ autofill: true })')).toMatchObject({ data: { user: { name: 'Bea' } }, error: null });
});

test('what waits to be filled in ends when something else is asked of the device', async () => {
  const { page, devtools, authenticatorId } = await device();
  expect(await told(page, 'signUpWithPasskey("Cy")')).toMatchObject({ error: null });
  await page.evaluate('auth.signOut()');
  await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
  await page.evaluate('window.filled = auth.signInWithPasskey({ autofill: true }); undefined');
  await page.waitForTimeout(200);
  await page.evaluate('void auth.signInWithPasskey()');
  expect(await page.evaluate('filled.then(({ error }) => [error.code, error.details.code])')).toEqual(['auth/refused', 'AbortError']);
});

test('a passkey is good in its own project and on its own domain', async () => {
  const { page } = await device();
  expect(await told(page, 'signUpWithPasskey("Dee")')).toMatchObject({ error: null });
  await page.evaluate('localStorage.clear()');
  await visit(page, 'other');
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ error: { code: 'auth/bad-credentials' } });
  await shows(page, 'nobody');
  await visit(page, 'app', '127.0.0.1');
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ error: { code: 'auth/refused' } });
});
