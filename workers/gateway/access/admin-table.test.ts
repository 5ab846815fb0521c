import { timingSafeEqual } from 'node:crypto';
import { adminTable } from '@betterbase/protocol/admin';
import { adminContract } from '@betterbase/protocol/admin/contract';
import { besides } from '@betterbase/protocol/admin/device';
import { openApiDocument } from '@betterbase/protocol/admin/openapi';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../app.ts';

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

test('what stands beside the admin API is told, all of it', () => {
  const others = createApp().routes.filter(({ method, path }) => method !== 'ALL' && !/^\/(?:admin|p)\/|^\/health$/.test(path));

  expect(others.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(besides).sort());
});

test('every route has its contract', () => {
  expect(Object.keys(adminContract).sort()).toEqual(Object.keys(adminTable).sort());
});

test('the description of the API is good OpenAPI, and tells every route', async () => {
  const document = openApiDocument();
  const told = Object.entries(Object(document['paths'])).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );

  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  expect(told.sort()).toEqual([...Object.keys(adminTable), ...Object.keys(besides)].sort());
  const broken = { ...document, paths: { 'no-slash': {} } };
  expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
});

test('what is served is that description', async () => {
  const headers = { authorization: 'Bearer the-root-key-of-this-test' };
  const answer = await createApp().request('/admin/openapi.json', { headers }, { ADMIN_KEY: 'the-root-key-of-this-test' });

  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
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
