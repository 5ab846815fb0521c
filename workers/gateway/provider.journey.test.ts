import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { testApp } from './test/test-app.ts';

const secret = 'never-to-be-told-0123456789';
const d1 = { type: 'd1', binding: 'APP_DB' };

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({
    host: 'loader',
    databases: ['APP_DB'],
    vars: { ENCRYPTION_KEY: 'a key for journeys, long enough to be one', BB_DEV: '1' },
  });
});

afterAll(() => platform.stop());

const check = (provider: object) => platform.admin('POST', '/projects/app/provider/check', { provider });
const turso = { type: 'turso', url: 'http://127.0.0.1:1', authToken: { env: 'TURSO_TOKEN' } };
const deploy = (provider: object) => platform.admin('POST', '/projects/app/deployments', { app: testApp, provider });

test('a database of D1 is looked at before anything is deployed', async () => {
  expect(await check(d1)).toMatchObject({
    status: 200,
    body: { type: 'd1', isAvailable: true, database: { dialect: 'sqlite', latency: { first: expect.any(Number) } } },
  });
  expect((await platform.admin('GET', '/projects/app/deployments')).body).toEqual({ deployments: [] });
});

test('a database that is not bound, the platform’s own, and one that is not there are told apart', async () => {
  expect(await check({ type: 'd1', binding: 'OTHER_DB' })).toMatchObject({ status: 400, body: { code: 'provider/unknown-binding' } });
  expect(await check({ type: 'd1', binding: 'DB' })).toMatchObject({ status: 400, body: { code: 'provider/unknown-binding' } });
  expect(await check({ type: 'mysql' })).toMatchObject({ status: 400, body: { code: 'deployment/bad-bundle' } });

  expect(await check(turso)).toMatchObject({
    status: 400,
    body: { code: 'provider/missing-value', suggestion: expect.stringContaining('bb env set TURSO_TOKEN') },
  });
  await platform.admin('PATCH', '/projects/app/environment', { set: { TURSO_TOKEN: secret } });
  const unreachable = await check(turso);
  expect(unreachable).toMatchObject({
    status: 503,
    body: { code: 'provider/unreachable', suggestion: expect.stringContaining('Check the address') },
  });
  expect(JSON.stringify(unreachable.body)).not.toContain(secret);
});

test('an app that wants to be elsewhere than it is is refused, and served as before', async () => {
  expect(await deploy({ type: 'postgres', binding: 'HYPERDRIVE' })).toMatchObject({
    status: 400,
    body: {
      code: 'provider/unknown-binding',
      suggestion: expect.stringContaining('CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE'),
    },
  });
  expect(await platform.post('/p/app/api/query', { path: 'items:count', args: {} })).toMatchObject({ status: 404 });

  expect((await deploy({ type: 'embedded' })).status).toBe(201);
  expect(await deploy(d1)).toMatchObject({
    status: 409,
    body: { code: 'provider/changed', details: { from: 'embedded', to: 'd1 (APP_DB)' } },
  });
  expect(await platform.post('/p/app/api/query', { path: 'items:count', args: {} })).toMatchObject({ body: { value: 0 } });
});
