/** Signing in with an issuer, in a real browser: there, back, and in every tab. The vendors are stand-ins that speak as they do. */
import { generateKeyPairSync } from 'node:crypto';
import { type Person, samplePeople, SignInStandIn, type VendorName, vendorNames } from '@betterbase/stand-ins/sign-in';
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, BrowserContext, Page, Request as BrowserRequest } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { serveConvexPage } from './test/convex-page.ts';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { clientId, clientSecret, type OidcIssuer, startOidcIssuer } from './test/oidc-issuer.ts';
import { usersPage, usersReactPage } from './test/users-page.ts';

let vendors: SignInStandIn;
let issuer: OidcIssuer;
let platform: LocalPlatform;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  issuer = await startOidcIssuer();
  vendors = new SignInStandIn();
  platform = await startLocalPlatform({
    host: 'loader',
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' },
    outbound: (request) => vendors.answer(request),
  });
  await platform.deploy('app', identityApp([]));
  await platform.admin('PATCH', '/projects/app/environment', { set: { COMPANY_CLIENT_SECRET: clientSecret, ...register() }, unset: [] });
  await platform.admin('PATCH', '/projects/app/auth/settings', {
    oidc_providers: { company: { issuer: issuer.url, client_id: clientId } },
    ...Object.fromEntries(vendorNames.map((name) => [`provider_${name}`, true])),
  });
  site = await serveConvexPage(usersPage);
  browser = await launchBrowser();
});
beforeEach(async () => {
  context = await browser.newContext();
  // What browsers ask of the vendors, whose names lead nowhere here. Only what a page asks is seen, and not where it is redirected to.
  await context.route(/\/auth\/authorize\/(?!company)/, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const { location, 'set-cookie': cookie = '' } = response.headers();
    await route.fulfill({
      status: 200,
      headers: { 'set-cookie': cookie },
      contentType: 'text/html',
      body: `<script>location.replace(${JSON.stringify(location)})</script>`,
    });
  });
  await context.route(/^https:/, async (route) => {
    const asked = route.request();
    const answer = await vendors.answer(new Request(asked.url(), { method: asked.method() }));
    if (answer === null) return await route.abort();
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await platform?.stop();
  await issuer?.stop();
});

/** Makes the app known to all vendors. Returns the credentials. */
function register(): Record<string, string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const team = { teamId: 'TEAM123456', keyId: 'KEY1234567' };
  const values: Record<string, string> = { APPLE_TEAM_ID: team.teamId, APPLE_KEY_ID: team.keyId, APPLE_PRIVATE_KEY: privateKey };
  for (const name of vendorNames) {
    const [id, redirects] = [`app-at-${name}`, [`${platform.url}/p/app/auth/callback/${name}`]];
    values[`${name.toUpperCase()}_CLIENT_ID`] = id;
    if (name === 'apple') vendors.register(name, { id, redirects, secret: publicKey, ...team });
    else {
      values[`${name.toUpperCase()}_CLIENT_SECRET`] = `secret-at-${name}`;
      vendors.register(name, { id, redirects, secret: `secret-at-${name}` });
    }
  }
  return values;
}

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

test.each(vendorNames)('a visit to %s, where somebody is chosen, ends signed in', async (vendor: VendorName) => {
  const [{ name }] = samplePeople as readonly [Person];
  const page = await open();
  await shows(page, 'nobody');
  await page.evaluate(`auth.signInWithOAuth({ provider: "${vendor}" })`);
  const back: BrowserRequest[] = [];
  page.on('request', (request) => void (request.url().includes('/auth/callback/') && back.push(request)));
  await page.getByRole('link', { name }).click();
  await page.waitForFunction('window.visit?.then((visit) => visit !== null)');

  // Facebook does not say that an address is its user's own: it leads to nobody else's account.
  if (vendor === 'facebook') {
    expect(await page.evaluate('visit.then(({ error }) => [error.code, error.details.code])')).toEqual([
      'auth/refused',
      'account_not_linked',
    ]);
    expect(new URL(page.url()).searchParams.size).toBe(1);
    return;
  }
  await shows(page, 'ada@example.com');
  const { session } = (await page.evaluate('auth.getSession().then(({ data }) => data)')) as { session: { user: { name: string } } };
  expect(session.user.name).toBe(name);
  // With the form of another site no cookie comes; with the visit that follows it does.
  const ways = await Promise.all(back.map(async (request) => [request.method(), 'cookie' in (await request.allHeaders())]));
  expect(ways).toEqual([...(vendor === 'apple' ? [['POST', false]] : []), ['GET', true]]);
});

test('an account that is signed in is linked to the issuer, and both lead to it', async () => {
  issuer.user = { sub: 'bob-at-issuer', email: 'bob@issuer.example', name: 'Bob' };
  const page = await open();
  await page.evaluate('auth.signUp("bob@home.example", "correct horse battery")');
  await shows(page, 'bob@home.example');
  await page.evaluate('auth.linkIdentity({ provider: "company" })');
  await page.waitForFunction('window.visit?.then((visit) => visit?.data?.linked === true)');
  const names = 'auth.listIdentities().then(({ data }) => data.map(({ providerId }) => providerId).sort())';
  expect(await page.evaluate(names)).toEqual(['company', 'credential']);
  const own = 'auth.listIdentities().then(({ data }) => data.find(({ providerId }) => providerId === "company").id)';
  const token = (await page.evaluate(`${own}.then((id) => auth.getProviderToken(id))`)) as { data: { accessToken: string } };
  expect(token.data.accessToken).toMatch(/^[\da-f-]{36}$/);
  await page.evaluate('auth.signOut()');
  await shows(page, 'nobody');
  await page.evaluate('auth.signInWithOAuth({ provider: "company" })');
  await shows(page, 'bob@home.example');
  expect(await page.evaluate(`${own}.then((id) => auth.unlinkIdentity(id)).then(({ error }) => error)`)).toBeNull();
  expect(await page.evaluate(names)).toEqual(['credential']);
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
  expect((await begin({ redirectTo: page, code_challenge: challenge }, 'gitlab')).status).toBe(404);

  const begun = await begin({ redirectTo: page, code_challenge: challenge });
  const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' });
  const back = there.headers.get('location') ?? '';
  const cookie = (begun.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  expect(begun.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/i);

  // Somebody else's browser brings it back: no cookie, no session.
  const stolen = await fetch(back, { redirect: 'manual' });
  expect([stolen.status, stolen.headers.get('location')]).toEqual([400, null]);
  expect(await stolen.text()).toContain('begun in another browser');
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
