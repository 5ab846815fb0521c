/** A project whose documents rest in Turso, on a server of libSQL on this machine, with a network that fails between. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { TursoSql } from '@betterbase/providers/turso';
import { FaultProxy, type HranaServer, startHrana } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptPlatform } from './test/kept-platform.ts';
import { grownApp, moveOutAndIn, shouted, sqlApp, watchOthersWrite, writeWhileTheNetworkFails } from './test/elsewhere.ts';
import { watchAStranger } from './test/outside.ts';
import { testApp } from './test/test-app.ts';

const provider = { type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_TOKEN' }, pollEvery: 1 };
const authToken = 'token-of-the-journey-0123456789';

let kept: KeptPlatform;
let server: HranaServer;
let other: HranaServer;
let proxy: FaultProxy;

const address = () => `http://127.0.0.1:${proxy.port}`;

function rows(file: string, sql: string): readonly unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

beforeAll(async () => {
  [server, other] = await Promise.all([startHrana({ authToken }), startHrana({ authToken })]);
  proxy = await FaultProxy.start(server.port);
  kept = await KeptPlatform.start();
});

afterAll(async () => {
  await kept.remove();
  await proxy.close();
  await Promise.all([server.close(), other.close()]);
});

test('with a wrong token it is not deployed, and the reason says so without the token', async () => {
  const wrong = 'a-wrong-token-0123456789';
  await kept.set('chat', { TURSO_URL: address(), TURSO_TOKEN: wrong });

  const refused = await kept.deploy('chat', { app: testApp, provider });

  expect(refused.body).toMatchObject({ code: 'provider/bad-credentials' });
  expect(JSON.stringify(refused.body)).not.toContain(wrong);
  expect(existsSync(server.file)).toBe(false);
});

test('it is deployed, written to and read, and its documents are in the database', async () => {
  expect(await kept.set('chat', { TURSO_TOKEN: authToken })).toMatchObject({ status: 200 });
  expect(await kept.deploy('chat', { app: testApp, provider })).toMatchObject({ status: 201, body: { deployment: { state: 'active' } } });

  expect(await kept.call('mutation', 'items:add', { list: 'a', text: 'one' })).toMatchObject({ status: 'success' });
  expect(await kept.call('mutation', 'items:refuse')).toMatchObject({ status: 'error', errorData: { reason: 'no' } });
  expect(await kept.call('action', 'items:addTwice', { list: 'b' })).toMatchObject({ value: 'hidden' });
  expect(await kept.call('query', 'items:list', { list: 'b' })).toMatchObject({ value: ['one', 'two'] });
  expect(rows(server.file, 'SELECT list, text FROM items ORDER BY _creationTime')).toEqual([
    { list: 'a', text: 'one' },
    { list: 'b', text: 'one' },
    { list: 'b', text: 'two' },
  ]);
});

test('who watches a query over a socket sees what others write', async () => {
  expect(await watchOthersWrite(kept.url, kept.call.bind(kept))).toEqual(['first', 'second']);
});

test('who watches a query sees what another program writes', async () => {
  const driver = new TursoSql({ url: server.url, authToken });
  await watchAStranger({ platform: kept.platform, write: (sql) => driver.batch([{ sql, params: [] }], 'write') });
});

test('another schema takes over the documents there', async () => {
  expect(await kept.deploy('chat', { app: grownApp, provider })).toMatchObject({
    status: 201,
    body: { deployment: { changes: [{ kind: 'ADD_COLUMN', table: 'items', name: 'done' }] } },
  });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one'] });
});

test('functions read and write by SQL, and leave nothing of their attempts behind', async () => {
  expect(await kept.deploy('chat', { app: sqlApp, provider })).toMatchObject({ status: 201 });
  await kept.call('mutation', 'items:add', { list: 'sql', text: 'one' });

  expect(await kept.call('mutation', 'items:shout', { list: 'sql' })).toMatchObject({ value: shouted });
  expect(await kept.call('query', 'items:done', { list: 'sql' })).toMatchObject({ value: 2 });
  expect(await kept.call('query', 'items:list', { list: 'sql' })).toMatchObject({ value: ['ONE!', 'LAST!', 'one!'] });
  expect(rows(server.file, "SELECT COUNT(*) AS left FROM sqlite_master WHERE name GLOB '_bb_undo*'")).toEqual([{ left: 0 }]);
});

test('its documents move out and in again, while who watches sees them', async () => {
  const listed = await kept.call('query', 'items:list', { list: 'live' });

  const { lines, finished } = await moveOutAndIn(kept.platform, 'chat');

  expect(finished).toMatchObject({ tables: [{ table: 'items', inserted: lines, deleted: lines }] });
  expect(await kept.call('query', 'items:list', { list: 'live' })).toEqual(listed);
  expect(await kept.call('query', 'items:count')).toMatchObject({ value: lines });
});

test('no other project gets the database', async () => {
  await kept.set('shop', { TURSO_URL: address(), TURSO_TOKEN: authToken });

  expect(await kept.deploy('shop', { app: testApp, provider })).toMatchObject({
    status: 409,
    body: { code: 'provider/taken', details: { holder: 'chat' } },
  });
});

test('no value and no deployment leads it to an empty database', async () => {
  expect(await kept.set('chat', { TURSO_URL: other.url })).toMatchObject({ status: 409, body: { code: 'provider/changed' } });
  expect(await kept.set('chat', { TURSO_TOKEN: 'wrong' })).toMatchObject({ body: { code: 'provider/bad-credentials' } });
  expect(await kept.deploy('chat', { app: testApp, provider: { ...provider, url: other.url } })).toMatchObject({
    status: 409,
    body: { code: 'provider/changed' },
  });

  expect(rows(other.file, 'SELECT name FROM sqlite_master')).toEqual([]);
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one'] });
  expect(await kept.set('chat', { TURSO_URL: server.url })).toMatchObject({ status: 200 });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one'] });
  expect(await kept.set('chat', { TURSO_URL: address() })).toMatchObject({ status: 200 });
});

test('it is all there after the platform was stopped', async () => {
  await kept.restart();

  expect(await kept.call('query', 'items:list', { list: 'live' })).toMatchObject({ value: ['first', 'second'] });
  expect(await kept.call('mutation', 'items:add', { list: 'live', text: 'third' })).toMatchObject({ status: 'success' });
});

test('while the database is down callers are told; when it is back, what was acknowledged is there, and nothing twice', async () => {
  const there = await writeWhileTheNetworkFails(kept.url, kept.call.bind(kept), proxy);

  expect(rows(server.file, "SELECT text FROM items WHERE list = 'down' ORDER BY _creationTime")).toEqual(there.map((text) => ({ text })));
  expect(await kept.call('mutation', 'items:add', { list: 'down', text: 'after' })).toMatchObject({ status: 'success' });
});
