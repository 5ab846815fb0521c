/** Signing in with a passkey, in a real browser with an authenticator of its own. */
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveConvexPage } from './test/convex-page.ts';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { usersPage } from './test/users-page.ts';

let platform: LocalPlatform;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' } });
  await platform.deploy('app', identityApp([]));
  await platform.admin('PATCH', '/projects/app/auth/settings', { passkey_enabled: true });
  site = await serveConvexPage(usersPage);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await platform?.stop();
});

async function shows(page: Page, who: string): Promise<void> {
  await page.waitForFunction((wanted) => ['device', 'query'].every((id) => document.getElementById(id)?.textContent === wanted), who);
}

/** What the page's client answers; errors do not leave a page by themselves. */
function told(page: Page, call: string): Promise<unknown> {
  return page.evaluate(`auth.${call}.then(({ data, error }) => ({ data, error: error && { code: error.code, details: error.details } }))`);
}

test('a passkey signs in until it is removed, and a device that asks nobody does not', async () => {
  const page = await browser.newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  await page.goto(`${site.url.replace('127.0.0.1', 'localhost')}/?url=${encodeURIComponent(`${platform.url}/p/app`)}`);
  await shows(page, 'nobody');
  expect(await told(page, 'addPasskey()')).toMatchObject({ error: { code: 'auth/required' } });
  await page.evaluate('auth.signUp("ada@home.example", "correct horse battery")');
  await shows(page, 'ada@home.example');
  expect(await told(page, 'addPasskey("Laptop")')).toMatchObject({ data: { name: 'Laptop' }, error: null });
  expect(await told(page, 'addPasskey()')).toMatchObject({
    error: { code: 'auth/refused', details: { code: 'InvalidStateError' } },
  });
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);

  await page.evaluate('auth.signOut()');
  await shows(page, 'nobody');
  expect(await told(page, 'signInWithPasskey()')).toMatchObject({ data: { user: { email: 'ada@home.example' } }, error: null });
  await shows(page, 'ada@home.example');
  await page.reload();
  await shows(page, 'ada@home.example');

  await page.evaluate('auth.listPasskeys().then(({ data }) => auth.renamePasskey(data[0].id, "Old laptop"))');
  expect(await told(page, 'listPasskeys()')).toMatchObject({ data: [{ name: 'Old laptop', deviceType: 'singleDevice' }] });
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
