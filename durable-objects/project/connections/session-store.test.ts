import { expect, test } from 'vitest';
import { nodeDisk } from '../test/node-disk.ts';
import { SessionStore, sessionLife } from './session-store.ts';

test('subscriptions come back with where their pages end, and a session that left has none', () => {
  const store = new SessionStore(nodeDisk());
  store.open();
  store.create('s', 1);
  const page = { id: 1, path: 'items:list', args: '{}', journal: '["x"]' };
  const plain = { id: 2, path: 'items:count', args: '{}', journal: null };
  store.save('s', [page, plain], []);
  expect(store.subscriptionsOf('s')).toEqual([page, plain]);

  store.leave('s', 2);
  expect(store.subscriptionsOf('s')).toEqual([]);
});

test('a disk from before there were pages is opened as it is', () => {
  const disk = nodeDisk();
  disk.rows(
    'CREATE TABLE subscriptions (session TEXT NOT NULL, id INTEGER NOT NULL, path TEXT NOT NULL, args TEXT NOT NULL, PRIMARY KEY (session, id)) WITHOUT ROWID',
  );
  disk.rows("INSERT INTO subscriptions VALUES ('s', 1, 'items:list', '{}')");
  const store = new SessionStore(disk);

  store.open();
  store.open();

  expect(store.subscriptionsOf('s')).toEqual([{ id: 1, path: 'items:list', args: '{}', journal: null }]);
});

test('what a session did while the clock was set back is not taken for older than the session', () => {
  const store = new SessionStore(nodeDisk());
  store.open();
  const createdAt = 1_700_000_000_000;
  store.create('s', createdAt);
  const recordedAt = createdAt - 4_000;

  const { outcomesBefore } = store.sweep(createdAt + 2 * sessionLife);

  expect(recordedAt).toBeGreaterThan(outcomesBefore);
});
