/** The store over the drivers inside workerd: real D1, and libSQL behind Turso's protocol. */
import { DatabaseSync } from 'node:sqlite';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { type LendStore, randomSearchesContract, randomStoresContract, storeContract } from '@betterbase/testing/contracts';
import { type HranaServer, startHrana } from '@betterbase/testing/stand-ins';
import { MemoryStore } from '../src/memory/memory-store.ts';
import { afterAll, beforeAll } from 'vitest';
import { DriverWorker } from './driver-worker.ts';

const authToken = 'token of the test';
let worker: DriverWorker;
let hrana: HranaServer;

beforeAll(async () => {
  [worker, hrana] = await Promise.all([DriverWorker.start(), startHrana({ authToken })]);
});
afterAll(async () => {
  await worker.stop();
  await hrana.close();
});

suites('a store over D1', () => worker.open({ driver: 'd1' }));
suites('a store over Turso', () => worker.open({ driver: 'turso', url: hrana.url, authToken }));

function suites(name: string, connect: () => RemoteSql): void {
  const lend: LendStore = async (use) => {
    const sql = connect();
    await empty(sql);
    await use(() => new RemoteStore({ sql, provider: name, disk: nodeDisk(new DatabaseSync(':memory:')) }));
  };
  const lendModel: LendStore = (use) => {
    const model = new MemoryStore();
    return use(() => model);
  };
  storeContract(name, lend, ['snapshots', 'imports', 'backfills']);
  randomStoresContract(name, lend, lendModel, 5);
  randomSearchesContract(name, lend, lendModel, 5);
}

/** Tables of full text bring tables of their own, which go with them. */
async function empty(sql: RemoteSql): Promise<void> {
  const isVirtual = `sql LIKE 'CREATE VIRTUAL%'`;
  const text = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND (${isVirtual} OR name NOT GLOB '_bb_search.*') ORDER BY ${isVirtual} DESC`;
  const [tables] = await sql.batch([{ sql: text, params: [] }], 'read');
  const drops = (tables?.rows ?? []).map(([name]) => ({ sql: `DROP TABLE "${String(name).replaceAll('"', '""')}"`, params: [] }));
  if (drops.length > 0) await sql.batch(drops, 'write');
}
