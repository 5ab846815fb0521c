/** Projects whose documents rest in a PostgreSQL that is spoken to over its own protocol: through Hyperdrive, and by its address. */
import { FaultProxy, findPostgres, type PostgresServer, startPostgres } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grownApp, watchOthersWrite, writeWhileTheNetworkFails } from './test/elsewhere.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { testApp } from './test/test-app.ts';

const folder = findPostgres();
const hyperdrive = { type: 'postgres', binding: 'HYPERDRIVE' };
const byAddress = { type: 'supabase', connectionString: { env: 'DATABASE_URL' } };

describe.skipIf(folder === null)('documents in a PostgreSQL', () => {
  let platform: LocalPlatform;
  let postgres: PostgresServer;
  let proxy: FaultProxy;

  const deploy = (project: string, provider: object, app = testApp) =>
    platform.admin('POST', `/projects/${project}/deployments`, { app, provider });
  const callOf =
    (project: string) =>
    async (kind: 'query' | 'mutation' | 'action', path: string, args: object = {}) =>
      (await platform.post(`/p/${project}/api/${kind}`, { path, args })).body;
  const addressOf = (port: number, database: string) =>
    `postgresql://${postgres.user}:${encodeURIComponent(postgres.password)}@127.0.0.1:${port}/${database}`;

  beforeAll(async () => {
    postgres = await startPostgres(folder ?? '');
    proxy = await FaultProxy.start(postgres.port);
    platform = await startLocalPlatform({
      host: 'loader',
      hyperdrives: { HYPERDRIVE: addressOf(postgres.port, 'postgres') },
      vars: { BB_DEV: '1', ENCRYPTION_KEY: 'a key for journeys, long enough to be one' },
    });
  });

  afterAll(async () => {
    await platform.stop();
    await proxy.close();
    await postgres.stop();
  });

  test('through Hyperdrive it is checked, deployed, written to, watched and changed', async () => {
    const call = callOf('shop');

    expect((await platform.admin('POST', '/projects/shop/provider/check', { provider: hyperdrive })).body).toMatchObject({
      type: 'postgres',
      isAvailable: true,
      database: { dialect: 'postgres', capabilities: [{ name: 'tables', isThere: true }, { name: 'full text', isThere: true }, {}] },
    });
    expect(await deploy('shop', hyperdrive)).toMatchObject({ status: 201, body: { deployment: { state: 'active' } } });
    expect(await call('mutation', 'items:refuse')).toMatchObject({ status: 'error', errorData: { reason: 'no' } });
    expect(await call('action', 'items:addTwice', { list: 'b' })).toMatchObject({ value: 'hidden' });
    expect(await watchOthersWrite(`${platform.url}/p/shop`, call)).toEqual(['first', 'second']);
    expect((await deploy('shop', hyperdrive, grownApp)).status).toBe(201);
    expect(await call('query', 'items:list', { list: 'b' })).toMatchObject({ value: ['one', 'two'] });
    expect(await deploy('shop', { ...hyperdrive, binding: 'OTHER' })).toMatchObject({ status: 409, body: { code: 'provider/changed' } });
  });

  test('by its address it is refused with a wrong password, and deployed with the right one', async () => {
    const set = (value: string) => platform.admin('PATCH', '/projects/chat/environment', { set: { DATABASE_URL: value } });
    const right = addressOf(proxy.port, 'template1');
    await set(right.replace(/:[^:@]*@/, ':a-wrong-password-0123456789@'));
    const refused = await deploy('chat', byAddress);
    await set(right);

    expect(refused.body).toMatchObject({ code: 'provider/bad-credentials' });
    expect(JSON.stringify(refused.body)).not.toContain('a-wrong-password');
    expect(await deploy('chat', byAddress)).toMatchObject({ status: 201 });
    expect(await watchOthersWrite(`${platform.url}/p/chat`, callOf('chat'))).toEqual(['first', 'second']);
  });

  test('while the database is down callers are told; when it is back, what was acknowledged is there, and nothing twice', async () => {
    const call = callOf('chat');

    await writeWhileTheNetworkFails(`${platform.url}/p/chat`, call, proxy);

    expect(await call('mutation', 'items:add', { list: 'down', text: 'after' })).toMatchObject({ status: 'success' });
  });
});
