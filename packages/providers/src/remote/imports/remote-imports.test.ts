import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { searchIndex, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import { type RemoteSql, RemoteSqlError } from '../remote-sql.ts';

const users = tableOf('users', { name: v.string() }, searchIndex('text', 'name'));

/** A database whose answers to some batches are lost; what was sent has been carried out. */
function losing(sql: RemoteSql, isLost: (texts: string) => boolean): RemoteSql {
  return {
    dialect: 'sqlite',
    batch: async (statements, mode) => {
      const results = await sql.batch(statements, mode);
      if (mode === 'write' && isLost(statements.map((each) => each.sql).join('\n')))
        throw new RemoteSqlError({ kind: 'unknown' }, 'connection lost');
      return results;
    },
  };
}

async function importing(mode: 'append' | 'replace', lost: RegExp) {
  const home = new DatabaseSync(':memory:');
  let losses = 1;
  const sql = losing(new SqliteElsewhere(new DatabaseSync(':memory:')), (texts) => lost.test(texts) && losses-- > 0);
  const open = (): Promise<StoreDriver> => StoreDriver.open(storeElsewhere(sql, home));
  const driver = await StoreDriver.open(storeElsewhere(sql, home), users);
  await driver.insert('users', { name: 'there' });
  await driver.imports.begin('i', { tables: [{ table: 'users', mode }], isBatched: false }, 'deployment-1', driver.now);
  const documents = ['ada', 'bob'].map((name, at) => ({ line: at + 1, document: driver.document('users', { name }) }));
  return { driver, documents, open };
}

const commitOf = ({ version, time, now }: StoreDriver) => ({ basedOn: version, version: version + 1, time, now, extent: 'whole' }) as const;

test.each(['append', 'replace'] as const)(
  'an import whose answer was lost has happened, and says so when it is asked for again (%s)',
  async (mode) => {
    const { driver, documents, open } = await importing(mode, /FROM "_bb_import_\d+_users"|"_bb_import_\d+_users" RENAME/);
    await driver.imports.stage('i', 'users', documents, 2, driver.now);
    await expect(driver.imports.finish('i', commitOf(driver))).rejects.toMatchObject({ code: 'provider/outcome-unknown' });

    const next = await open();

    expect(await next.imports.find('i')).toMatchObject({ finished: { tables: [{ table: 'users', inserted: 2 }] } });
    const names = (await next.read('users')).map(({ name }) => name);
    expect(names).toEqual(mode === 'append' ? ['there', 'ada', 'bob'] : ['ada', 'bob']);
    expect(await next.search('users', 'text', 'bob', 'name')).toMatchObject([{ name: 'bob' }]);
  },
);

test('documents whose arrival nobody has heard of are there once', async () => {
  const { driver, documents, open } = await importing('replace', /INSERT INTO "_bb_import_/);
  await expect(driver.imports.stage('i', 'users', documents, 2, driver.now)).rejects.toMatchObject({ code: 'provider/outcome-unknown' });

  const next = await open();
  expect((await next.imports.find('i'))?.lines.get('users')).toBe(2);
  const earlier = { ...documents[0]?.document, _id: 'earlier', _creationTime: 1, name: 'cid' };
  await next.imports.stage('i', 'users', [{ line: 3, document: earlier }], 3, next.now);
  await next.imports.finish('i', commitOf(next));

  expect((await next.read('users')).map(({ name }) => name)).toEqual(['cid', 'ada', 'bob']);
});

test('an import that another commit came before has changed nothing, and can be finished then', async () => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  const home = new DatabaseSync(':memory:');
  const driver = await StoreDriver.open(storeElsewhere(sql, home), users);
  await driver.imports.begin('i', { tables: [{ table: 'users', mode: 'append' }], isBatched: false }, 'deployment-1', driver.now);
  const document = driver.document('users', { name: 'ada' });
  await driver.imports.stage('i', 'users', [{ line: 1, document }], 1, driver.now);
  const other = await StoreDriver.open(storeElsewhere(sql));
  other.time = driver.time + 1;
  await other.insert('users', { name: 'other' });

  await expect(driver.imports.finish('i', commitOf(driver))).rejects.toMatchObject({ code: 'commit/conflict' });
  const next = await StoreDriver.open(storeElsewhere(sql, home));
  expect(await next.read('users')).toMatchObject([{ name: 'other' }]);
  await next.imports.finish('i', commitOf(next));

  expect(await next.read('users')).toMatchObject([{ name: 'ada' }, { name: 'other' }]);
});

test.each(['replace', 'append'] as const)(
  'what other programs write to an imported table is noted under the number that it has then (%s)',
  async (mode) => {
    const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
    const driver = await StoreDriver.open(storeElsewhere(sql), users);
    await driver.imports.begin('i', { tables: [{ table: 'users', mode, number: 77 }], isBatched: false }, 'deployment-1', driver.now);
    await driver.imports.finish('i', commitOf(driver));

    await sql.batch([{ sql: "INSERT INTO users (name) VALUES ('by hand')", params: [] }], 'write');

    const [noted] = await sql.batch([{ sql: 'SELECT table_number, version FROM _bb_changes', params: [] }], 'read');
    expect(noted?.rows).toEqual([[77, driver.version + 2]]);
  },
);

test('what was read before an import is read anew after it', async () => {
  const driver = await StoreDriver.open(storeElsewhere(), users);
  const [ada] = await driver.insert('users', { name: 'ada' });
  if (ada === undefined) throw new Error('She was inserted.');
  expect(await driver.store.get('users', ada._id)).toEqual(ada);

  await driver.imports.begin('i', { tables: [{ table: 'users', mode: 'upsert' }], isBatched: false }, 'deployment-1', driver.now);
  await driver.imports.stage('i', 'users', [{ line: 1, document: { ...ada, name: 'lovelace' } }], 1, driver.now);
  await driver.imports.finish('i', commitOf(driver));

  expect(await driver.store.get('users', ada._id)).toMatchObject({ name: 'lovelace' });
});
