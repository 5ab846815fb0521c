import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';

async function answerTo(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${env.ADMIN_KEY}` };
  const response = await exports.default.fetch(`http://platform${path}`, { headers, ...init });
  return { status: response.status, body: await response.json() };
}

test('the socket’s address says that it speaks WebSocket only', async () => {
  expect(await answerTo('/p/chat/realtime')).toMatchObject({ status: 426, body: { code: 'http/upgrade-required' } });
});

test.each([
  ['no app', {}],
  ['an app that is no text', { app: 5 }],
  ['a message that is no text', { app: 'export const modules = {};', message: 5 }],
  ['a provider that nobody knows', { app: 'export const modules = {};', provider: { type: 'mysql' } }],
  [
    'a secret in its provider',
    { app: 'export const modules = {};', provider: { type: 'neon', connectionString: 'postgres://me:secret@db.example.com/x' } },
  ],
])('a deployment with %s is refused', async (_, bundle) => {
  expect(await answerTo('/admin/projects/chat/deployments', { method: 'POST', body: JSON.stringify(bundle) })).toMatchObject({
    status: 400,
    body: { code: 'deployment/bad-bundle' },
  });
});

test('behind https the cookie of an admin’s session belongs to this host alone', async () => {
  const headers = { authorization: `Bearer ${env.ADMIN_KEY}` };
  const out = await exports.default.fetch('https://platform/admin/auth/logout', { method: 'POST', headers });
  expect(out.headers.get('set-cookie')).toBe('__Host-betterbase=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0');
});
