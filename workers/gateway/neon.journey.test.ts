/** A project whose documents rest in a PostgreSQL behind Neon's protocol on this machine, with a network that fails between. */
import { createServer, type Server } from 'node:http';
import { NeonSql } from '@betterbase/providers/neon';
import {
  FaultProxy,
  findPostgres,
  type NeonServer,
  type PostgresServer,
  startNeon,
  startPglite,
  startPostgres,
} from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptPlatform } from './test/kept-platform.ts';
import { grownApp, watchOthersWrite, writeWhileTheNetworkFails } from './test/elsewhere.ts';
import { watchAStranger } from './test/outside.ts';
import { testApp } from './test/test-app.ts';

const provider = { type: 'neon', connectionString: { env: 'DATABASE_URL' }, pollEvery: 1 };

let kept: KeptPlatform;
let postgres: PostgresServer;
let neon: NeonServer;
let proxy: FaultProxy;
let asleep: Server;

const through = (port: number) => neon.connectionString.replace(`:${neon.port}/`, `:${port}/`);

/** Past the platform and the network that fails. */
async function rows(sql: string): Promise<readonly unknown[]> {
  const [result] = await new NeonSql({ connectionString: neon.connectionString }).batch([{ sql, params: [] }], 'read');
  return result?.rows ?? [];
}

beforeAll(async () => {
  const folder = findPostgres();
  postgres = await (folder === null ? startPglite() : startPostgres(folder));
  neon = await startNeon(postgres);
  proxy = await FaultProxy.start(neon.port);
  // As Neon's proxy answers while a database starts that had been suspended.
  asleep = createServer((_, response) => response.writeHead(400).end(JSON.stringify({ message: `Couldn't connect to compute node` })));
  await new Promise<void>((resolve) => void asleep.listen(0, '127.0.0.1', resolve));
  kept = await KeptPlatform.start();
});

afterAll(async () => {
  await kept.remove();
  await new Promise((resolve) => asleep.close(resolve));
  await proxy.close();
  await neon.close();
  await postgres.stop();
});

test('with a wrong password it is not deployed, and the reason says so without the password', async () => {
  const wrong = 'a-wrong-password-0123456789';
  await kept.set('chat', { DATABASE_URL: through(proxy.port).replace(/:[^:@]*@/, `:${wrong}@`) });

  const refused = await kept.deploy('chat', { app: testApp, provider });

  expect(refused.body).toMatchObject({ code: 'provider/bad-credentials' });
  expect(JSON.stringify(refused.body)).not.toContain(wrong);
  expect(await rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
});

test('while the database is being woken, the reason says so', async () => {
  const address = asleep.address();
  await kept.set('chat', { DATABASE_URL: through(typeof address === 'object' ? (address?.port ?? 0) : 0) });

  expect((await kept.deploy('chat', { app: testApp, provider })).body).toMatchObject({ code: 'provider/asleep' });
});

test('it is deployed, written to and read, and its documents are in the database', async () => {
  expect(await kept.set('chat', { DATABASE_URL: through(proxy.port) })).toMatchObject({ status: 200 });
  expect(await kept.deploy('chat', { app: testApp, provider })).toMatchObject({ status: 201, body: { deployment: { state: 'active' } } });

  expect(await kept.call('mutation', 'items:add', { list: 'a', text: 'one' })).toMatchObject({ status: 'success' });
  expect(await kept.call('mutation', 'items:refuse')).toMatchObject({ status: 'error', errorData: { reason: 'no' } });
  expect(await kept.call('action', 'items:addTwice', { list: 'b' })).toMatchObject({ value: 'hidden' });
  expect(await kept.call('query', 'items:list', { list: 'b' })).toMatchObject({ value: ['one', 'two'] });
  expect(await rows('SELECT list, text FROM items ORDER BY "_creationTime"')).toEqual([
    ['a', 'one'],
    ['b', 'one'],
    ['b', 'two'],
  ]);
});

test('who watches a query over a socket sees what others write', async () => {
  expect(await watchOthersWrite(kept.url, kept.call.bind(kept))).toEqual(['first', 'second']);
});

test('who watches a query sees what another program writes', async () => {
  const driver = new NeonSql({ connectionString: neon.connectionString });
  await watchAStranger({ platform: kept.platform, write: (sql) => driver.batch([{ sql, params: [] }], 'write') });
});

test('another schema takes over the documents there', async () => {
  expect(await kept.deploy('chat', { app: grownApp, provider })).toMatchObject({
    status: 201,
    body: { deployment: { changes: [{ kind: 'ADD_COLUMN', table: 'items', name: 'done' }] } },
  });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one'] });
  expect(await rows('SELECT DISTINCT done FROM items')).toEqual([[0]]);
});

test('no other project gets the database', async () => {
  await kept.set('shop', { DATABASE_URL: through(proxy.port) });

  expect(await kept.deploy('shop', { app: testApp, provider })).toMatchObject({
    status: 409,
    body: { code: 'provider/taken', details: { holder: 'chat' } },
  });
});

test('no value leads it to an empty database', async () => {
  expect(await kept.set('chat', { DATABASE_URL: through(proxy.port).replace(/[^/]*$/, 'template1') })).toMatchObject({
    status: 409,
    body: { code: 'provider/changed' },
  });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one'] });
});

test('it is all there after the platform was stopped', async () => {
  await kept.restart();

  expect(await kept.call('query', 'items:list', { list: 'live' })).toMatchObject({ value: ['first', 'second'] });
  expect(await kept.call('mutation', 'items:add', { list: 'live', text: 'third' })).toMatchObject({ status: 'success' });
});

test('while the database is down callers are told; when it is back, what was acknowledged is there, and nothing twice', async () => {
  const there = await writeWhileTheNetworkFails(kept.url, kept.call.bind(kept), proxy);

  expect(await rows(`SELECT text FROM items WHERE list = 'down' ORDER BY "_creationTime"`)).toEqual(there.map((text) => [text]));
  expect(await kept.call('mutation', 'items:add', { list: 'down', text: 'after' })).toMatchObject({ status: 'success' });
});
