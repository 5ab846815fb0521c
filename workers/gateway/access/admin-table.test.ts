import { timingSafeEqual } from 'node:crypto';
import { beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../app.ts';
import { adminTable } from './admin-table.ts';

vi.mock('cloudflare:workers', () => ({ RpcTarget: class {}, WorkerEntrypoint: class {}, DurableObject: class {} }));

beforeAll(() => {
  const bytesOf = (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer);
  Object.assign(crypto.subtle, { timingSafeEqual: (a: ArrayBuffer, b: ArrayBuffer) => timingSafeEqual(bytesOf(a), bytesOf(b)) });
});

const adminRoutes = createApp().routes.filter(({ path }) => path.startsWith('/admin'));

test('every route of the admin API has its row, and every row its route', () => {
  const served = adminRoutes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);

  expect(served.sort()).toEqual(Object.keys(adminTable).sort());
});

test('nothing but the guard is there for every method', () => {
  expect(adminRoutes.filter(({ method }) => method === 'ALL').map(({ path }) => path)).toEqual(['/admin/*']);
});

test('a route without a row is refused even to the root key', async () => {
  const app = createApp();
  app.get('/admin/unlisted', () => new Response('open'));
  const ask = (path: string) =>
    app.request(path, { headers: { authorization: 'Bearer the-root-key-of-this-test' } }, { ADMIN_KEY: 'the-root-key-of-this-test' });

  const answer = await ask('/admin/unlisted');
  expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ code: 'auth/forbidden' })]);
  expect((await ask('/admin/roles')).status).toBe(200);
  expect((await ask('/admin/nowhere')).status).toBe(404);
});
