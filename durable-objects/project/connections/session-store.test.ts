import { expect, test } from 'vitest';
import { nodeDisk } from '../test/node-disk.ts';
import { SessionStore, sessionLife } from './session-store.ts';

function openStore(): SessionStore {
  const store = new SessionStore(nodeDisk());
  store.open();
  return store;
}

const page = { id: 1, path: 'items:list', args: '{}', journal: '["x"]', query: 7, isOwn: true };
const plain = { id: 2, path: 'items:count', args: '{}', journal: null, query: 8, isOwn: false };

test('subscriptions come back by their query, with the socket and where their pages end', () => {
  const store = openStore();
  store.create('s', 'one', 1);
  store.create('t', 'two', 1);
  store.save('s', [page, plain], []);
  store.save('t', [{ ...plain, id: 5 }], []);

  expect(store.watchersOf(7)).toEqual([{ session: 's', socket: 'one', ...page }]);
  expect(store.watchersOf(8).map(({ session, socket, id }) => [session, socket, id])).toEqual([
    ['s', 'one', 2],
    ['t', 'two', 5],
  ]);
  expect(store.watched()).toEqual([7, 8]);
});

test('a session that left watches nothing', () => {
  const store = openStore();
  store.create('s', 'one', 1);
  store.save('s', [page, plain], []);

  store.leave('s', 2);

  expect(store.watched()).toEqual([]);
  expect(store.socketOf('s')).toBeNull();
});

test('a query is over when the last who watches it goes', () => {
  const store = openStore();
  store.create('s', 'one', 1);
  store.create('t', 'two', 1);
  store.save('s', [page, plain], []);
  store.save('t', [{ ...plain, id: 5 }], []);

  expect(store.watchedAloneBy('s')).toEqual([7]);
  expect(store.take('s', 2)).toBeNull();
  expect(store.take('s', 2)).toBeUndefined();
  expect(store.take('t', 5)).toBe(8);
});

test('a disk of an earlier platform is opened as it is', () => {
  const disk = nodeDisk();
  disk.rows(
    'CREATE TABLE subscriptions (session TEXT NOT NULL, id INTEGER NOT NULL, path TEXT NOT NULL, args TEXT NOT NULL, PRIMARY KEY (session, id)) WITHOUT ROWID',
  );
  disk.rows('CREATE TABLE sessions (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, seen_at INTEGER) WITHOUT ROWID');
  disk.rows("INSERT INTO subscriptions VALUES ('s', 1, 'items:list', '{}')");
  disk.rows("INSERT INTO sessions VALUES ('s', 1, NULL)");
  const store = new SessionStore(disk);

  store.open();
  store.open();

  expect(store.watched()).toEqual([]);
  expect(store.anySocket()).toBeNull();
  expect(store.resume('s', 'one', 2)).toBe(true);
  expect(store.socketOf('s')).toBe('one');
});

test('what a session did while the clock was set back is not taken for older than the session', () => {
  const store = new SessionStore(nodeDisk());
  store.open();
  const createdAt = 1_700_000_000_000;
  store.create('s', 'one', createdAt);
  const recordedAt = createdAt - 4_000;

  const { outcomesBefore } = store.sweep(createdAt + 2 * sessionLife);

  expect(recordedAt).toBeGreaterThan(outcomesBefore);
});
