/** Others and a store write the same rows of a real PostgreSQL at once. */
import { DatabaseSync } from 'node:sqlite';
import { isBetterBaseError, v } from '@betterbase/core';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { StoreDriver, tableOf, uniqueIndex } from '@betterbase/testing/contracts';
import { findPostgres, startNeon, startPostgres } from '@betterbase/testing/stand-ins';
import { expect, test } from 'vitest';
import { DriverWorker } from './driver-worker.ts';

const folder = findPostgres();
const rounds = 15;

test.skipIf(folder === null)(
  'nobody waits for another who waits for him, no write is lost, and the store hears of every one',
  async () => {
    const [worker, postgres] = await Promise.all([DriverWorker.start(), startPostgres(folder ?? '')]);
    const neon = await startNeon(postgres);
    try {
      const sql = worker.open({ driver: 'neon', connectionString: neon.connectionString });
      const store = new RemoteStore({ sql, provider: 'Neon', disk: nodeDisk(new DatabaseSync(':memory:')) });
      const counters = tableOf('counters', { name: v.string(), n: v.number() }, uniqueIndex('by_name', 'name'));
      const driver = await StoreDriver.open(store, counters);
      await driver.insert('counters', { name: 'a', n: 0 }, { name: 'b', n: 0 });

      await Promise.all([stranger(sql, 'a', 'b'), stranger(sql, 'b', 'a'), commits(driver)]);
      await catchUp(driver).catch(unlessConflict);

      const found = await driver.read('counters', { index: 'by_name' });
      expect(found.map(({ name, n }) => [name, n])).toEqual([
        ['a', 3 * rounds],
        ['b', 2 * rounds],
      ]);
    } finally {
      await worker.stop();
      await neon.close();
      await postgres.stop();
    }
  },
  60_000,
);

/** Writes two rows in a transaction, again and again. */
async function stranger(sql: RemoteSql, ...names: readonly string[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const texts = names.map((name) => ({ sql: `UPDATE counters SET n = n + 1 WHERE name = '${name}'`, params: [] }));
    await sql.batch(texts, 'write');
  }
}

/** Reads a document and writes it, as an engine does, and begins anew when others were quicker. */
async function commits(driver: StoreDriver): Promise<void> {
  for (let done = 0; done < rounds; ) {
    try {
      const [a] = await driver.equal('counters', 'by_name', 'a');
      if (a === undefined) throw new Error('It is there.');
      await driver.replace('counters', a, { name: 'a', n: Number(a['n']) + 1 });
      done += 1;
    } catch (failure) {
      unlessConflict(failure);
      await catchUp(driver).catch(unlessConflict);
    }
  }
}

async function catchUp(driver: StoreDriver): Promise<void> {
  const caughtUp = await driver.store.catchUp?.({
    now: () => driver.now,
    newDocument: () => ({ id: '', creationTime: 0 }),
    heard: async () => [],
  });
  driver.version = caughtUp?.version ?? driver.version;
}

function unlessConflict(failure: unknown): void {
  if (!isBetterBaseError(failure) || failure.code !== 'commit/conflict') throw failure;
}
