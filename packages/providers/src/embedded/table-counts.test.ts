import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { expect, test } from 'vitest';
import { EmbeddedStore } from './embedded-store.ts';
import { nodeDisk } from '../disk/node-disk.ts';

const things = tableOf('things', { name: v.string() });
const whole = { prefix: [], inclusive: true };
const all = { table: 'things', index: 'by_creation_time', lower: whole, upper: whole };

async function filled(): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:');
  const driver = await StoreDriver.open(new EmbeddedStore(nodeDisk(database)), things);
  await driver.insert('things', { name: 'a' }, { name: 'b' });
  return database;
}

async function reopened(database: DatabaseSync): Promise<number> {
  const store = new EmbeddedStore(nodeDisk(database));
  await store.open();
  return await store.count(all);
}

test('a database made by a program that did not count is counted when it is opened', async () => {
  const database = await filled();
  for (const table of ['_bb_meta', '_bb_outcomes']) database.exec(`ALTER TABLE ${table} DROP COLUMN counts`);

  expect(await reopened(database)).toBe(2);
});

test('counts of another version than the newest are counted again', async () => {
  const database = await filled();
  database.exec(`UPDATE _bb_meta SET counts = '1 1:7'`);

  expect(await reopened(database)).toBe(2);
});

test('counting a whole table reads no row of it', async () => {
  const database = await filled();
  const disk = nodeDisk(database);
  const read: string[] = [];
  const store = new EmbeddedStore({ ...disk, read: (sql, ...params) => (read.push(sql), disk.read(sql, ...params)) });
  await store.open();
  const opening = read.length;

  expect(await store.count(all)).toBe(2);
  expect(read.slice(opening)).toEqual([]);
  expect(read.filter((sql) => sql.includes('things'))).toEqual([]);
});
