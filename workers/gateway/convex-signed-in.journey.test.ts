/** `<Authenticated>` and its kin in a real browser, with a real issuer. */
import { launchBrowser } from '@betterbase/testing/browser';
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveConvexPage } from './test/convex-page.ts';
import { signedInPage } from './test/convex-signed-in-page.ts';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

let issuer: TestIssuer;
let platform: LocalPlatform;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  issuer = await createTestIssuer();
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1' } });
  await platform.deploy('app', identityApp([issuer.provider]));
  site = await serveConvexPage(signedInPage);
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(`${site.url}/?url=${encodeURIComponent(`${platform.url}/p/app`)}`);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  await platform?.stop();
  await issuer?.stop();
});

function shows(what: string): Promise<unknown> {
  return page.waitForFunction((wanted) => document.getElementById('shown')?.textContent === wanted, what);
}

async function signIn(token: string | null): Promise<void> {
  await page.evaluate(`window.shown.length = 0; window.signIn(${JSON.stringify(token)})`);
}

test('what is shown follows who is signed in, and nobody’s answer is shown to somebody else', async () => {
  await shows('out');

  await signIn(await issuer.token({ sub: 'ada' }));
  await shows('in as ada');
  const seen = (await page.evaluate('window.shown')) as string[];
  expect(seen).not.toContain('in as null');

  await signIn(await issuer.token({ sub: 'ben' }));
  await shows('in as ben');
  await signIn(null);
  await shows('out');
  expect(await page.textContent('#state')).toBe('false');
});
