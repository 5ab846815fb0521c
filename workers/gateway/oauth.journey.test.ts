/** Signing in with an issuer, in a real browser: there, back, and in every tab. */
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { serveConvexPage } from './test/convex-page.ts';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { clientId, clientSecret, type OidcIssuer, startOidcIssuer } from './test/oidc-issuer.ts';
import { usersPage, usersReactPage } from './test/users-page.ts';

let issuer: OidcIssuer;
let platform: LocalPlatform;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  issuer = await startOidcIssuer();
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' } });
  await platform.deploy('app', identityApp([]));
  await platform.admin('PATCH', '/projects/app/environment', { set: { COMPANY_CLIENT_SECRET: clientSecret }, unset: [] });
  await platform.admin('PATCH', '/projects/app/auth/settings', {
    oidc_providers: { company: { issuer: issuer.url, client_id: clientId } },
  });
  site = await serveConvexPage(usersPage);
  browser = await launchBrowser();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await platform?.stop();
  await issuer?.stop();
});

async function open(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.url}/?url=${encodeURIComponent(`${platform.url}/p/app`)}`);
  return page;
}

async function shows(page: Page, who: string): Promise<void> {
  await page.waitForFunction((wanted) => ['device', 'query'].every((id) => document.getElementById(id)?.textContent === wanted), who);
}

test('a visit to the issuer ends signed in, in all tabs, and so does signing out', async () => {
  const [page, other] = [await open(), await open()];
  await shows(page, 'nobody');
  await page.evaluate('auth.signInWithOAuth({ provider: "company" })');
  await shows(page, 'ada@issuer.example');
  await shows(other, 'ada@issuer.example');
  expect(new URL(page.url()).searchParams.get('code')).toBeNull();
  const visit = issuer.visits.at(-1)?.searchParams;
  expect([visit?.get('code_challenge_method'), visit?.get('redirect_uri')]).toEqual([
    'S256',
    `${platform.url}/p/app/auth/callback/company`,
  ]);

  await page.reload();
  await shows(page, 'ada@issuer.example');
  await other.evaluate('auth.signOut()');
  await shows(page, 'nobody');
});

test('an account that is signed in is linked to the issuer, and both lead to it', async () => {
  issuer.user = { sub: 'bob-at-issuer', email: 'bob@issuer.example', name: 'Bob' };
  const page = await open();
  await page.evaluate('auth.signUp("bob@home.example", "correct horse battery")');
  await shows(page, 'bob@home.example');
  await page.evaluate('auth.linkIdentity({ provider: "company" })');
  await page.waitForURL(/linked=true/);
  await page.evaluate('auth.signOut()');
  await shows(page, 'nobody');
  await page.evaluate('auth.signInWithOAuth({ provider: "company" })');
  await shows(page, 'bob@home.example');
});

test('with React, what is for users is shown to whoever is signed in, and to each their own', async () => {
  const app = await serveConvexPage(usersReactPage);
  onTestFinished(() => app.close());
  const page = await context.newPage();
  await page.goto(`${app.url}/?url=${encodeURIComponent(`${platform.url}/p/app`)}`);
  const shown = (who: string) => page.waitForFunction((wanted) => document.getElementById('shown')?.textContent === wanted, who);
  await shown('nobody');
  await page.evaluate('auth.signUp("una@home.example", "correct horse battery")');
  await shown('una@home.example');
  await page.evaluate('auth.signUp("vic@home.example", "correct horse battery")');
  await shown('vic@home.example');
  await page.reload();
  await shown('vic@home.example');
  await page.evaluate('auth.signOut()');
  await shown('nobody');
});

test('sign-ins begin and end where they may only', async () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  const begin = (query: Record<string, string>, provider = 'company'): Promise<Response> =>
    platform.request(`/p/app/auth/authorize/${provider}?${new URLSearchParams(query)}`, { redirect: 'manual' });
  const page = `${site.url}/`;
  for (const redirectTo of ['https://evil.example/', '//evil.example', 'javascript:alert(1)', 'http://localhost@evil.example/', ''])
    expect([redirectTo, (await begin({ redirectTo, code_challenge: challenge })).headers.get('x-betterbase-error')]).toEqual([
      redirectTo,
      'auth/bad-redirect',
    ]);
  expect((await begin({ redirectTo: page })).headers.get('x-betterbase-error')).toBe('auth/refused');
  expect((await begin({ redirectTo: page, code_challenge: challenge }, 'google')).status).toBe(404);

  const begun = await begin({ redirectTo: page, code_challenge: challenge });
  const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' });
  const back = there.headers.get('location') ?? '';
  const cookie = (begun.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  expect(begun.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/i);

  // Somebody else's browser brings it back: no cookie, no session.
  const stolen = await fetch(back, { redirect: 'manual' });
  expect([stolen.status, stolen.headers.get('location')]).toEqual([302, expect.stringContaining('error=')]);
  const second = await begin({ redirectTo: page, code_challenge: challenge });
  const again = await fetch((await fetch(second.headers.get('location') ?? '', { redirect: 'manual' })).headers.get('location') ?? '', {
    redirect: 'manual',
    headers: { cookie: (second.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' },
  });
  const code = new URL(again.headers.get('location') ?? '').searchParams.get('code') ?? '';
  expect(again.headers.getSetCookie()).toEqual([]);
  const take = async (verifier: string): Promise<number> => (await platform.post('/p/app/auth/exchange', { code, verifier })).status;
  expect(await take('not the one that was begun with, but as long')).toBe(400);
  expect(await take('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(400);
  expect(cookie).not.toBe('');
});
