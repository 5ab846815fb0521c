/** A project whose documents rest in D1, from its first deployment on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { grownApp, moveOutAndIn, shouted, sqlApp, watchOthersWrite } from './test/elsewhere.ts';
import { watchAStranger } from './test/outside.ts';
import { testApp } from './test/test-app.ts';

const provider = { type: 'd1', binding: 'APP_DB', pollEvery: 1 };

let platform: LocalPlatform;
let state: string;

const start = () =>
  startLocalPlatform({
    host: 'loader',
    state,
    databases: ['APP_DB', 'OTHER_DB'],
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'a key for journeys, long enough to be one' },
  });
const deploy = (project: string, body: object) => platform.admin('POST', `/projects/${project}/deployments`, body);
const call = async (kind: 'query' | 'mutation' | 'action', path: string, args: object = {}) =>
  (await platform.post(`/p/chat/api/${kind}`, { path, args })).body;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-d1-'));
  platform = await start();
});

afterAll(async () => {
  await platform.stop();
  await rm(state, { recursive: true, force: true });
});

test('it is deployed, written to and read', async () => {
  expect(await deploy('chat', { app: testApp, provider })).toMatchObject({ status: 201, body: { deployment: { state: 'active' } } });

  expect(await call('mutation', 'items:add', { list: 'a', text: 'one' })).toMatchObject({ status: 'success' });
  expect(await call('mutation', 'items:add', { list: 'a', text: 'two' })).toMatchObject({ status: 'success' });
  expect(await call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one', 'two'] });
  expect(await call('mutation', 'items:refuse')).toMatchObject({ status: 'error', errorData: { reason: 'no' } });
  expect(await call('action', 'items:addTwice', { list: 'b' })).toMatchObject({ value: 'hidden' });
  expect(await call('query', 'items:count')).toMatchObject({ value: 4 });
});

test('its documents are in the database and nowhere else', async () => {
  expect(await platform.rows('APP_DB', 'SELECT list, text FROM items ORDER BY _creationTime')).toEqual([
    { list: 'a', text: 'one' },
    { list: 'a', text: 'two' },
    { list: 'b', text: 'one' },
    { list: 'b', text: 'two' },
  ]);
});

test('who watches a query sees what others write', async () => {
  expect(await watchOthersWrite(`${platform.url}/p/chat`, call)).toEqual(['first', 'second']);
});

test('who watches a query sees what another program writes through the binding', async () => {
  await watchAStranger({ platform, write: (sql) => platform.rows('APP_DB', sql) });
});

test('another schema takes over the documents there', async () => {
  expect(await deploy('chat', { app: grownApp, provider })).toMatchObject({
    status: 201,
    body: { deployment: { changes: [{ kind: 'ADD_COLUMN', table: 'items', name: 'done' }] } },
  });
  expect(await call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one', 'two'] });
});

test('functions read and write by SQL, and leave nothing of their attempts behind', async () => {
  expect(await deploy('chat', { app: sqlApp, provider })).toMatchObject({ status: 201 });
  await call('mutation', 'items:add', { list: 'sql', text: 'one' });

  expect(await call('mutation', 'items:shout', { list: 'sql' })).toMatchObject({ value: shouted });
  expect(await call('query', 'items:done', { list: 'sql' })).toMatchObject({ value: 2 });
  expect(await call('query', 'items:list', { list: 'sql' })).toMatchObject({ value: ['ONE!', 'LAST!', 'one!'] });
  expect(await platform.rows('APP_DB', "SELECT COUNT(*) AS left FROM sqlite_master WHERE name GLOB '_bb_undo*'")).toEqual([{ left: 0 }]);
});

test('its documents move out and in again, while who watches sees them', async () => {
  const listed = await call('query', 'items:list', { list: 'live' });

  const { lines, finished } = await moveOutAndIn(platform, 'chat');

  expect(finished).toMatchObject({ tables: [{ table: 'items', inserted: lines, deleted: lines }] });
  expect(await call('query', 'items:list', { list: 'live' })).toEqual(listed);
  expect(await call('query', 'items:count')).toMatchObject({ value: lines });
});

test('no other project gets the database, under whatever name', async () => {
  expect(await deploy('shop', { app: testApp, provider })).toMatchObject({
    status: 409,
    body: { code: 'provider/taken', details: { holder: 'chat' }, suggestion: expect.stringContaining('_bb_owner') },
  });
  expect(await deploy('shop', { app: testApp, provider: { type: 'd1', binding: 'OTHER_DB' } })).toMatchObject({ status: 201 });
  expect(await deploy('chat', { app: testApp, provider: { type: 'd1', binding: 'OTHER_DB' } })).toMatchObject({
    status: 409,
    body: { code: 'provider/changed' },
  });
});

test('it is all there after the platform was stopped', async () => {
  await platform.stop();
  platform = await start();

  expect(await call('query', 'items:list', { list: 'live' })).toMatchObject({ value: ['first', 'second'] });
  expect(await call('mutation', 'items:add', { list: 'live', text: 'third' })).toMatchObject({ status: 'success' });
});

test('when the database is not bound any more, callers are told, and nothing is served from elsewhere', async () => {
  await platform.stop();
  platform = await startLocalPlatform({ host: 'loader', state });

  expect(await call('query', 'items:list', { list: 'live' })).toMatchObject({
    status: 'error',
    code: 'provider/bad-credentials',
    errorMessage: expect.stringContaining('APP_DB'),
  });
});
