/** What only a PostgreSQL with several sessions can show: writers that wait for one another, and reads between them. */
import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { NeonSql } from '@betterbase/providers/neon';
import { StoreDriver, tableOf, uniqueIndex } from '@betterbase/testing/contracts';
import { findPostgres, type NeonServer, type PostgresServer, startNeon, startPostgres } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const folder = findPostgres();
const users = tableOf('users', { name: v.string() }, uniqueIndex('by_name', 'name'));

describe.skipIf(folder === null)('several engines on one PostgreSQL', () => {
  let postgres: PostgresServer;
  let neon: NeonServer;
  let sql: RemoteSql;

  const open = (over: RemoteSql = sql) =>
    StoreDriver.open(new RemoteStore({ sql: over, provider: 'Neon', disk: nodeDisk(new DatabaseSync(':memory:')) }));
  /** Holds the row of the version for a while, once it has it. */
  const slow = (): RemoteSql => ({
    dialect: 'postgres',
    batch: async (statements, mode) => {
      const [first, ...rest] = statements;
      if (mode === 'read' || first === undefined) return await sql.batch(statements, mode);
      const [advanced, , ...others] = await sql.batch([first, { sql: 'SELECT pg_sleep(0.4)', params: [] }, ...rest], mode);
      return advanced === undefined ? [] : [advanced, ...others];
    },
  });
  const names = async (): Promise<unknown[]> => (await (await open()).read('users')).map(({ name }) => name);

  beforeAll(async () => {
    postgres = await startPostgres(folder ?? '');
    neon = await startNeon(postgres);
    sql = new NeonSql({ connectionString: neon.connectionString });
  });
  beforeEach(async () => {
    const texts = ['DROP SCHEMA public CASCADE', 'CREATE SCHEMA public'];
    await sql.batch(
      texts.map((text) => ({ sql: text, params: [] })),
      'write',
    );
    await (await open()).migrate(users);
  });
  afterAll(async () => {
    await neon.close();
    await postgres.stop();
  });

  test('a zombie that waits for the row of the version sees the new one, and changes nothing', async () => {
    const [one, zombie] = await Promise.all([open(slow()), open()]);
    zombie.time += 1_000;

    const slowly = one.insert('users', { name: 'ada' });
    await untilSomebodyHoldsTheVersion(sql);
    const refused = zombie.insert('users', { name: 'bob' });

    await expect(refused).rejects.toMatchObject({ code: 'commit/conflict' });
    await slowly;
    expect(await names()).toEqual(['ada']);
  });

  test('who waits for a commit that is taken back commits in its place', async () => {
    const [one, other] = await Promise.all([open(slow()), open()]);
    other.time += 1_000;

    const [refused] = await Promise.allSettled([
      one.commit(['ada', 'ada'].map((name) => insertion(one, name))),
      untilSomebodyHoldsTheVersion(sql).then(() => other.insert('users', { name: 'bob' })),
    ]);

    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'document/not-unique' } });
    expect(await names()).toEqual(['bob']);
  });

  test('a read between says what was there before, not half of a commit', async () => {
    const [one, other] = await Promise.all([open(slow()), open()]);

    const slowly = one.insert('users', { name: 'ada' }, { name: 'bob' });
    await untilSomebodyHoldsTheVersion(sql);
    expect(await other.read('users')).toEqual([]);
    await slowly;

    await expect(other.read('users')).rejects.toMatchObject({ code: 'commit/conflict' });
  });

  test('of eight at one version exactly one commits, however they meet', async () => {
    for (let round = 0; round < 5; round++) {
      const all = await Promise.all(Array.from({ length: 8 }, () => open()));
      for (const [at, driver] of all.entries()) driver.time += (round * 8 + at) * 1_000;

      const ends = await Promise.allSettled(all.map((driver, at) => driver.insert('users', { name: `${round} ${at}` })));

      const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(reasons).toHaveLength(7);
      for (const reason of reasons) expect(reason).toMatchObject({ code: 'commit/conflict' });
    }
    expect(await names()).toHaveLength(5);
  });

  test('engines that make the tables of the store at the same time find one another’s', async () => {
    await sql.batch(
      [
        { sql: 'DROP SCHEMA public CASCADE', params: [] },
        { sql: 'CREATE SCHEMA public', params: [] },
      ],
      'write',
    );

    const opened = await Promise.all(Array.from({ length: 6 }, () => open()));

    expect(opened.map(({ version }) => version)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

function insertion(driver: StoreDriver, name: string) {
  const after = driver.document('users', { name });
  return { table: 'users', id: after._id, before: null, after };
}

async function untilSomebodyHoldsTheVersion(sql: RemoteSql): Promise<void> {
  const sleeping = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
  await expect.poll(async () => (await sql.batch([{ sql: sleeping, params: [] }], 'read'))[0]?.rows, { interval: 10 }).toHaveLength(1);
}
