/** A project whose documents rest in D1, from its first deployment on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptPlatform } from './test/kept-platform.ts';
import { grownApp, moveOutAndIn, shouted, sqlApp, watchOthersWrite } from './test/elsewhere.ts';
import { watchAStranger } from './test/outside.ts';
import { testApp } from './test/test-app.ts';

const provider = { type: 'd1', binding: 'APP_DB', pollEvery: 1 };

let kept: KeptPlatform;

beforeAll(async () => {
  kept = await KeptPlatform.start({ databases: ['APP_DB', 'OTHER_DB'] });
});

afterAll(async () => {
  await kept.remove();
});

test('it is deployed, written to and read', async () => {
  expect(await kept.deploy('chat', { app: testApp, provider })).toMatchObject({ status: 201, body: { deployment: { state: 'active' } } });

  expect(await kept.call('mutation', 'items:add', { list: 'a', text: 'one' })).toMatchObject({ status: 'success' });
  expect(await kept.call('mutation', 'items:add', { list: 'a', text: 'two' })).toMatchObject({ status: 'success' });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one', 'two'] });
  expect(await kept.call('mutation', 'items:refuse')).toMatchObject({ status: 'error', errorData: { reason: 'no' } });
  expect(await kept.call('action', 'items:addTwice', { list: 'b' })).toMatchObject({ value: 'hidden' });
  expect(await kept.call('query', 'items:count')).toMatchObject({ value: 4 });
});

test('its documents are in the database and nowhere else', async () => {
  expect(await kept.platform.rows('APP_DB', 'SELECT list, text FROM items ORDER BY _creationTime')).toEqual([
    { list: 'a', text: 'one' },
    { list: 'a', text: 'two' },
    { list: 'b', text: 'one' },
    { list: 'b', text: 'two' },
  ]);
});

test('who watches a query sees what others write', async () => {
  expect(await watchOthersWrite(kept.url, kept.call.bind(kept))).toEqual(['first', 'second']);
});

test('who watches a query sees what another program writes through the binding', async () => {
  await watchAStranger({ platform: kept.platform, write: (sql) => kept.platform.rows('APP_DB', sql) });
});

test('another schema takes over the documents there', async () => {
  expect(await kept.deploy('chat', { app: grownApp, provider })).toMatchObject({
    status: 201,
    body: { deployment: { changes: [{ kind: 'ADD_COLUMN', table: 'items', name: 'done' }] } },
  });
  expect(await kept.call('query', 'items:list', { list: 'a' })).toMatchObject({ value: ['one', 'two'] });
});

test('functions read and write by SQL, and leave nothing of their attempts behind', async () => {
  expect(await kept.deploy('chat', { app: sqlApp, provider })).toMatchObject({ status: 201 });
  await kept.call('mutation', 'items:add', { list: 'sql', text: 'one' });

  expect(await kept.call('mutation', 'items:shout', { list: 'sql' })).toMatchObject({ value: shouted });
  expect(await kept.call('query', 'items:done', { list: 'sql' })).toMatchObject({ value: 2 });
  expect(await kept.call('query', 'items:list', { list: 'sql' })).toMatchObject({ value: ['ONE!', 'LAST!', 'one!'] });
  expect(await kept.platform.rows('APP_DB', "SELECT COUNT(*) AS left FROM sqlite_master WHERE name GLOB '_bb_undo*'")).toEqual([
    { left: 0 },
  ]);
});

test('its documents move out and in again, while who watches sees them', async () => {
  const listed = await kept.call('query', 'items:list', { list: 'live' });

  const { lines, finished } = await moveOutAndIn(kept.platform, 'chat');

  expect(finished).toMatchObject({ tables: [{ table: 'items', inserted: lines, deleted: lines }] });
  expect(await kept.call('query', 'items:list', { list: 'live' })).toEqual(listed);
  expect(await kept.call('query', 'items:count')).toMatchObject({ value: lines });
});

test('no other project gets the database, under whatever name', async () => {
  expect(await kept.deploy('shop', { app: testApp, provider })).toMatchObject({
    status: 409,
    body: { code: 'provider/taken', details: { holder: 'chat' }, suggestion: expect.stringContaining('_bb_owner') },
  });
  expect(await kept.deploy('shop', { app: testApp, provider: { type: 'd1', binding: 'OTHER_DB' } })).toMatchObject({ status: 201 });
  expect(await kept.deploy('chat', { app: testApp, provider: { type: 'd1', binding: 'OTHER_DB' } })).toMatchObject({
    status: 409,
    body: { code: 'provider/changed' },
  });
});

test('it is all there after the platform was stopped', async () => {
  await kept.restart();

  expect(await kept.call('query', 'items:list', { list: 'live' })).toMatchObject({ value: ['first', 'second'] });
  expect(await kept.call('mutation', 'items:add', { list: 'live', text: 'third' })).toMatchObject({ status: 'success' });
});

test('when the database is not bound any more, callers are told, and nothing is served from elsewhere', async () => {
  await kept.restart({});

  expect(await kept.call('query', 'items:list', { list: 'live' })).toMatchObject({
    status: 'error',
    code: 'provider/bad-credentials',
    errorMessage: expect.stringContaining('APP_DB'),
  });
});
