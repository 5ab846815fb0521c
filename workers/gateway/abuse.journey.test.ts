/** What keeps somebody from taking too much, from other pages, and from the installation whose address a project's pages share. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = `
import { defineSchema, defineTable, httpAction, httpRouter, query, v } from './runtime.js';
export const schema = defineSchema({ notes: defineTable({ text: v.string() }) });
export const http = httpRouter();
http.route({ path: '/asked', method: 'OPTIONS', handler: httpAction(async () => new Response(null, { status: 204, headers: { 'access-control-allow-origin': 'https://only.example' } })) });
http.route({ path: '/page', method: 'GET', handler: httpAction(async (_, request) => new Response('<p>' + (request.headers.get('cookie') ?? 'none') + '</p>', { headers: [['content-type', 'text/html'], ['set-cookie', '__Host-betterbase=mine; Path=/; Secure'], ['set-cookie', 'own=1'], ['service-worker-allowed', '/']] })) });
export const modules = { notes: { one: query({ args: {}, handler: () => 1 }) } };
`;
let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { RATE_LIMITS: '{"call": 20, "sign-in": 3, "socket": 2}' } });
  for (const project of ['app', 'other', 'page']) await platform.deploy(project, app);
});
afterAll(() => platform.stop());

const call = (project: string, headers: Record<string, string> = {}) =>
  platform.request(`/p/${project}/api/query`, { method: 'POST', headers, body: '{"path":"notes:one"}' });
const from = (address: string) => ({ 'cf-connecting-ip': address });

test('one address gets as much of a project as is said, is told how much is left and when to come back, and takes nothing from others', async () => {
  const first = await call('app', from('203.0.113.1'));
  expect([first.status, first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual([200, '20', '19']);
  expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);
  for (let again = 1; again < 20; again++) expect((await call('app', from('203.0.113.1'))).status).toBe(200);

  const refused = await call('app', from('203.0.113.1'));
  expect(refused.status).toBe(429);
  expect(refused.headers.get('x-betterbase-error')).toBe('limit/requests');
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds > 0 && seconds <= 60).toBe(true);
  expect(await refused.json()).toMatchObject({ code: 'limit/requests', details: { retryAfter: seconds, limit: 20 } });

  expect((await call('app', from('203.0.113.2'))).status).toBe(200);
  expect((await call('other', from('203.0.113.1'))).status).toBe(200);
  expect((await call('app')).headers.has('x-ratelimit-limit')).toBe(false);
});

test('one caller gets no more by coming from many addresses, and one network of IPv6 is one address', async () => {
  const key = { apikey: 'not-a-key-of-ours-but-always-the-same' };
  for (let again = 0; again < 20; again++) await call('other', { ...from(`198.51.100.${again}`), ...key });
  expect((await call('other', { ...from('198.51.100.99'), ...key })).status).toBe(429);

  for (let again = 0; again < 20; again++) await call('other', from(`2001:db8:1:2::${again}`));
  expect((await call('other', from('2001:db8:1:2:ffff::1'))).status).toBe(429);
  expect((await call('other', from('2001:db8:1:3::1'))).status).toBe(200);
});

test('signing in and connecting have stricter limits of their own', async () => {
  const post = (address: string) =>
    platform.request('/p/page/auth/sign-in/email', {
      method: 'POST',
      headers: { ...from(address), 'content-type': 'application/json' },
      body: '{}',
    });
  const statuses = [];
  for (let again = 0; again < 4; again++) statuses.push((await post('203.0.113.3')).status);
  expect(statuses.map((status) => status === 429)).toEqual([false, false, false, true]);

  const sockets = [];
  for (let again = 0; again < 3; again++)
    sockets.push((await platform.request('/p/page/realtime', { headers: from('203.0.113.3') })).status);
  expect(sockets).toEqual([426, 426, 429]);
  expect((await call('page', from('203.0.113.3'))).status).toBe(200);
});

test('every answer says that it is no page to be shown in another, and is what its type says', async () => {
  const answers = [
    await platform.request('/health'),
    await platform.request('/p/app/health'),
    await platform.request('/p/app/nowhere'),
    await platform.request('/p/no-such-project/health'),
    await call('page'),
    await platform.request('/admin/projects'),
    await platform.request('/admin/nowhere'),
    await platform.request('/p/app/auth/get-session'),
    await platform.request('/'),
  ];
  for (const { url, headers } of answers) {
    expect([url, headers.get('x-content-type-options'), headers.get('strict-transport-security')]).toEqual([
      url,
      'nosniff',
      'max-age=31536000',
    ]);
    expect([url, headers.get('content-security-policy')]).toEqual([url, expect.stringContaining("frame-ancestors 'none'")]);
  }
});

test('only pages of allowed origins may read a project’s answers or open a socket, and none may read the admin API’s', async () => {
  const ask = async (origin: string) => (await call('page', { origin })).headers.get('access-control-allow-origin');
  const open = (origin: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/p/page/realtime`, { origin });
      socket.once('open', () => resolve(socket.close() ?? 'open'));
      socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode));
      socket.on('error', () => {});
    });
  expect(await ask('https://any.example')).toBe('*');

  const set = (allowed_origins: unknown) => platform.admin('PATCH', '/projects/page', { allowed_origins });
  expect((await set(['https://app.example/path'])).status).toBe(400);
  expect(await set(['https://app.example'])).toMatchObject({ status: 200, body: { project: { allowedOrigins: ['https://app.example'] } } });
  expect([await ask('https://app.example'), await ask('https://any.example'), await ask('https://app.example.evil.example')]).toEqual([
    'https://app.example',
    null,
    null,
  ]);
  expect((await call('page', { origin: 'https://app.example' })).headers.get('vary')).toContain('origin');
  expect([await open('https://app.example'), await open('https://any.example')]).toEqual(['open', 403]);
  const preflight = (origin: string) =>
    platform.request('/p/page/api/query', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  expect((await preflight('https://app.example')).headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect((await preflight('https://any.example')).headers.has('access-control-allow-origin')).toBe(false);

  await set(null);
  expect(await ask('https://any.example')).toBe('*');
  expect(
    (await platform.request('/admin/projects', { headers: { origin: 'https://any.example' } })).headers.has('access-control-allow-origin'),
  ).toBe(false);
});

test('a project’s page neither sees nor sets what belongs to the installation, and is of no origin', async () => {
  const page = await platform.request('/p/page/http/page', { headers: { cookie: '__Host-betterbase=secret; mine=1' } });

  expect(await page.text()).toBe('<p>mine=1</p>');
  expect(page.headers.getSetCookie()).toEqual(['own=1']);
  expect(page.headers.has('service-worker-allowed')).toBe(false);
  expect(page.headers.get('content-security-policy')).toMatch(/^sandbox (?!.*allow-same-origin)/);
});

test('an app’s own routes say themselves which pages may call them; where they say nothing, any may', async () => {
  const preflight = async (path: string) =>
    (
      await platform.request(`/p/page/http${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://any.example', 'access-control-request-method': 'GET' },
      })
    ).headers.get('access-control-allow-origin');

  expect([await preflight('/asked'), await preflight('/page')]).toEqual(['https://only.example', '*']);
});

test('headers and bodies have a size, also those that do not say which', async () => {
  const long = await call('page', { authorization: `Bearer ${'x'.repeat(17_000)}` });
  expect([long.status, long.headers.get('x-betterbase-error')]).toEqual([431, 'http/headers-too-large']);

  // 20 MiB, and not a byte more: a server that does not read leaves them with the sender.
  const unannounced = new Blob([' '.repeat(20 * 1024 * 1024)]).stream();
  const answer = await platform
    .request('/p/page/api/query', { method: 'POST', body: unannounced, duplex: 'half' } as RequestInit)
    .then(({ status, headers }) => [status, headers.get('x-betterbase-error')])
    .catch(() => 'cut off');
  expect(['cut off', [413, 'http/body-too-large']]).toContainEqual(answer);
  expect((await call('page')).status).toBe(200);
});
