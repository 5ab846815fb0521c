/** The store over the drivers inside workerd: real D1, libSQL behind Turso's protocol, and PostgreSQL behind Neon's. */
import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { lacksOf, type StorePlace } from '@betterbase/core/config';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import {
  index,
  type LendStore,
  outsideWritesContract,
  randomSearchesContract,
  randomStoresContract,
  storeContract,
  StoreDriver,
  tableOf,
} from '@betterbase/testing/contracts';
import {
  findPostgres,
  type HranaServer,
  type NeonServer,
  type PostgresServer,
  startHrana,
  startNeon,
  startPglite,
  startPostgres,
} from '@betterbase/testing/stand-ins';
import { countedSql, fewRowsContract } from '@betterbase/testing/world';
import { MemoryStore } from '../src/memory/memory-store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriverWorker } from './driver-worker.ts';

const authToken = 'token of the test';
let worker: DriverWorker;
let hrana: HranaServer;
let postgres: PostgresServer;
let neon: NeonServer;

beforeAll(async () => {
  const folder = findPostgres();
  const starting = folder === null ? startPglite() : startPostgres(folder);
  [worker, hrana, postgres] = await Promise.all([DriverWorker.start(), startHrana({ authToken }), starting]);
  neon = await startNeon(postgres);
});
afterAll(async () => {
  await worker.stop();
  await neon.close();
  await Promise.all([hrana.close(), postgres.stop()]);
});

suites('a store over D1', 'd1', () => worker.open({ driver: 'd1' }));
suites('a store over Turso', 'turso', () => worker.open({ driver: 'turso', url: hrana.url, authToken }));
suites('a store over Neon', 'neon', () => worker.open({ driver: 'neon', connectionString: neon.connectionString }));

test('PostgreSQL refuses by name what its indexes have no room for, and keeps long texts that are not indexed', async () => {
  const sql = worker.open({ driver: 'neon', connectionString: neon.connectionString });
  await empty(sql);
  const store = new RemoteStore({ sql, provider: 'Neon', disk: nodeDisk(new DatabaseSync(':memory:')) });
  const driver = await StoreDriver.open(store, tableOf('notes', { title: v.string(), text: v.string() }, index('by_title', 'title')));
  // A text that cannot be compressed.
  const [first, second] = [3_000, 9_000].map((length) =>
    Array.from({ length }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000))).join(''),
  );
  const note = { title: 'short', text: second ?? '' };

  await expect(driver.insert('notes', { ...note, title: first ?? '' })).rejects.toMatchObject({ code: 'document/key-too-long' });
  await expect(driver.insert('notes', { ...note, title: second ?? '' })).rejects.toMatchObject({ code: 'document/key-too-long' });
  await driver.insert('notes', note);

  expect(await driver.read('notes')).toMatchObject([note]);
});

function suites(name: string, place: StorePlace, connect: () => RemoteSql): void {
  const lend: LendStore = async (use) => {
    const sql = connect();
    await empty(sql);
    const disk = nodeDisk(new DatabaseSync(':memory:'));
    await use(() => new RemoteStore({ sql, provider: name, disk }));
  };
  const lendModel: LendStore = (use) => {
    const model = new MemoryStore();
    return use(() => model);
  };
  storeContract(name, lend, lacksOf(place), 2);
  randomStoresContract(name, lend, lendModel, 5);
  randomSearchesContract(name, lend, lendModel, 5);
  fewRowsContract(name, async (use) => {
    const counter = { rows: 0 };
    const sql = connect();
    await empty(sql);
    await use(new RemoteStore({ sql: countedSql(sql, counter), provider: name, disk: nodeDisk(new DatabaseSync(':memory:')) }), counter);
  });
  outsideWritesContract(name, async (use) => {
    const sql = connect();
    await empty(sql);
    await use(sql, () => new RemoteStore({ sql, provider: name, disk: nodeDisk(new DatabaseSync(':memory:')) }));
  });
}

async function empty(sql: RemoteSql): Promise<void> {
  await (sql.dialect === 'sqlite' ? emptySqlite(sql) : run(sql, ['DROP SCHEMA public CASCADE', 'CREATE SCHEMA public']));
}

/** Tables of full text bring tables of their own, which go with them. */
async function emptySqlite(sql: RemoteSql): Promise<void> {
  const isVirtual = `sql LIKE 'CREATE VIRTUAL%'`;
  const text = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND (${isVirtual} OR name NOT GLOB '_bb_search.*') ORDER BY ${isVirtual} DESC`;
  const [tables] = await sql.batch([{ sql: text, params: [] }], 'read');
  await run(
    sql,
    (tables?.rows ?? []).map(([name]) => `DROP TABLE "${String(name).replaceAll('"', '""')}"`),
  );
}

async function run(sql: RemoteSql, texts: readonly string[]): Promise<void> {
  await sql.batch(
    texts.map((text) => ({ sql: text, params: [] })),
    'write',
  );
}
