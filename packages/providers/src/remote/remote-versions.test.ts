import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { insertion, searchIndex, StoreDriver, tableOf, uniqueIndex } from '@betterbase/testing/contracts';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import type { RemoteSql } from './remote-sql.ts';
import { RemoteSqlError } from './remote-sql.ts';

const users = tableOf('users', { name: v.string() }, uniqueIndex('by_name', 'name'), searchIndex('text', 'name'));
const whole = { prefix: [], inclusive: true };

function createDatabase(): SqliteElsewhere {
  return new SqliteElsewhere(new DatabaseSync(':memory:'));
}

/** Two stores that both take themselves for the only one. */
async function two(): Promise<{ one: StoreDriver; zombie: StoreDriver }> {
  const sql = createDatabase();
  const one = await StoreDriver.open(storeElsewhere(sql), users);
  return { one, zombie: await StoreDriver.open(storeElsewhere(sql)) };
}

test('of two stores at one version only one can commit, and the other has changed nothing', async () => {
  const { one, zombie } = await two();
  await one.insert('users', { name: 'ada' });
  // Otherwise both documents would have one place, and the database would refuse the second for that.
  zombie.time += 1_000;

  await expect(zombie.insert('users', { name: 'bob' })).rejects.toMatchObject({ code: 'commit/conflict' });

  expect(await one.read('users')).toMatchObject([{ name: 'ada' }]);
  expect(await one.search('users', 'text', 'bob', 'name')).toEqual([]);
});

test('a store that is behind gives nothing, whatever it is asked, until it is opened again', async () => {
  const { one, zombie } = await two();
  const [ada] = await one.insert('users', { name: 'ada' });
  const { store } = zombie;

  for (const asked of [
    store.get('users', ada?._id ?? ''),
    zombie.read('users'),
    zombie.search('users', 'text', 'ada', 'name'),
    store.find({ session: 's', id: '1' }),
    store.since(0),
  ])
    await expect(asked).rejects.toMatchObject({ code: 'commit/conflict' });
  expect(store.lost).toMatchObject({ code: 'commit/conflict' });
  await store.open();

  expect(store.lost).toBeNull();
  expect(await store.get('users', ada?._id ?? '')).toEqual(ada);
});

test('a search of what is pending at an old version is refused before it touches the index', async () => {
  const { one, zombie } = await two();
  await one.insert('users', { name: 'ada' });
  const pending = [insertion('users', zombie.document('users', { name: 'bob' }))];
  const search = { table: 'users', index: 'text', field: 'name', terms: ['bob'], prefix: null, filters: [], limit: 10 };

  await expect(zombie.store.search(search, pending)).rejects.toMatchObject({ code: 'commit/conflict' });

  expect(await one.store.search(search, pending)).toHaveLength(1);
  expect(await one.store.search(search, [])).toEqual([]);
});

test('a migration that another commit overtakes changes nothing, and what it left aside goes with the next', async () => {
  const database = new DatabaseSync(':memory:');
  const sql = new SqliteElsewhere(database);
  let overtake = async (): Promise<void> => {};
  const overtaken: RemoteSql = {
    dialect: 'sqlite',
    batch: async (statements, mode) => {
      if (statements.some(({ sql: text }) => text.includes(' RENAME TO '))) await overtake();
      return await sql.batch(statements, mode);
    },
  };
  const one = await StoreDriver.open(storeElsewhere(sql), users);
  await one.insert('users', { name: 'ada' });
  const other = await StoreDriver.open(storeElsewhere(overtaken));
  overtake = async () => void (await one.insert('users', { name: 'bob' }));
  const changed = tableOf('users', { name: v.union(v.string(), v.number()) }, searchIndex('text', 'name'));
  const left = (): unknown[] => database.prepare(`SELECT name FROM sqlite_master WHERE name GLOB '_bb_next*' OR sql GLOB '*fts5*'`).all();

  await expect(other.migrate(changed)).rejects.toMatchObject({ code: 'commit/conflict' });

  expect(await one.read('users', { index: 'by_name' })).toMatchObject([{ name: 'ada' }, { name: 'bob' }]);
  expect(left()).toHaveLength(3);
  await one.migrate(changed);
  expect(left()).toHaveLength(1);
  expect(await one.search('users', 'text', 'bob', 'name')).toMatchObject([{ name: 'bob' }]);
});

test('after a commit of which nobody knows whether it happened the store gives nothing until it is opened', async () => {
  const sql = createDatabase();
  let isLost = false;
  const unreliable: RemoteSql = {
    dialect: 'sqlite',
    batch: async (statements, mode) => {
      const results = await sql.batch(statements, mode);
      if (isLost && mode === 'write') throw new RemoteSqlError({ kind: 'unknown' }, 'connection lost');
      return results;
    },
  };
  const driver = await StoreDriver.open(storeElsewhere(unreliable), users);
  isLost = true;

  await expect(driver.insert('users', { name: 'ada' })).rejects.toMatchObject({ code: 'provider/outcome-unknown' });
  await expect(driver.read('users')).rejects.toMatchObject({ code: 'provider/outcome-unknown' });

  expect(await driver.store.open()).toMatchObject({ version: 2 });
  expect(await driver.read('users')).toMatchObject([{ name: 'ada' }]);
});

test('everything takes one round trip, and counting a whole table none', async () => {
  const sql = createDatabase();
  const store = storeElsewhere(sql);
  const driver = await StoreDriver.open(store, users);
  const outcome = { request: { session: 's', id: '1' }, identity: '', outcome: '{}' };
  const [one, two, three] = ['a', 'b', 'c'].map((name) => insertion('users', driver.document('users', { name })));
  if (one === undefined || two === undefined || three === undefined) throw new Error('There are three.');
  const trips = async (work: () => Promise<unknown>): Promise<number> => {
    const before = sql.trips;
    await work();
    return sql.trips - before;
  };

  expect({
    open: await trips(() => store.open()),
    commit: await trips(() => driver.commit([one, two, three], { outcome })),
    get: await trips(() => store.get('users', one.id)),
    range: await trips(() => driver.equal('users', 'by_name', 'a')),
    count: await trips(() => store.count({ table: 'users', index: 'by_name', lower: whole, upper: { prefix: ['b'], inclusive: true } })),
    countAll: await trips(() => store.count({ table: 'users', index: 'by_name', lower: whole, upper: whole })),
    search: await trips(() => driver.search('users', 'text', 'a', 'name')),
    find: await trips(() => store.find({ session: 's', id: '1' })),
    forget: await trips(() => store.forget('s', 1)),
  }).toEqual({ open: 1, commit: 1, get: 1, range: 1, count: 1, countAll: 0, search: 1, find: 1, forget: 1 });
});
