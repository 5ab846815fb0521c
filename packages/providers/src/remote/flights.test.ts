/** Commits that are sent before the one they build on is known to have happened, over a network that reorders and loses. */
import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { insertion, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import { type RemoteSql, RemoteSqlError } from './remote-sql.ts';

const users = tableOf('users', { name: v.string() });

/** Holds batches back until they are let through, in whatever order. */
class Held implements RemoteSql {
  readonly dialect = 'sqlite';
  readonly database = new DatabaseSync(':memory:');
  readonly #sql = new SqliteElsewhere(this.database);
  readonly #held: (() => void)[] = [];
  isHolding = false;
  /** What becomes of the answer to a write. */
  answer: 'comes' | 'is lost' = 'comes';
  sent = 0;

  async batch(statements: Parameters<RemoteSql['batch']>[0], mode: 'read' | 'write'): ReturnType<RemoteSql['batch']> {
    if (this.isHolding && mode === 'write') {
      this.sent++;
      const { answer } = this;
      await new Promise<void>((resolve) => this.#held.push(resolve));
      const results = await this.#sql.batch(statements, mode);
      if (answer === 'is lost') throw new RemoteSqlError({ kind: 'unknown' }, 'connection lost');
      return results;
    }
    return await this.#sql.batch(statements, mode);
  }

  /** Lets the batch at a place among those that are held through, and waits until it has been carried out. */
  async pass(at: number): Promise<void> {
    const [pass] = this.#held.splice(at, 1);
    pass?.();
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function start(): Promise<{ sql: Held; driver: StoreDriver; send: (name: string) => Promise<string> }> {
  const sql = new Held();
  const driver = await StoreDriver.open(storeElsewhere(sql), users);
  sql.isHolding = true;
  const send = async (name: string): Promise<string> => {
    const insert = insertion('users', driver.document('users', { name }));
    return await driver.send('life', [name, insert]).then(
      () => 'committed',
      (failure: unknown) => (failure instanceof Error && 'code' in failure ? String(failure.code) : String(failure)),
    );
  };
  return { sql, driver, send };
}

const names = (sql: Held): unknown[] =>
  sql.database
    .prepare('SELECT name FROM users ORDER BY _creationTime')
    .all()
    .map(({ name }) => name);

test('a commit that arrives before the one it builds on is refused, and sent again when that has happened', async () => {
  const { sql, send } = await start();
  const ends = [send('ann'), send('ben'), send('cem')];
  await settle();

  await sql.pass(2);
  await sql.pass(1);
  expect(names(sql)).toEqual([]);
  await sql.pass(0);
  await sql.pass(0);
  await sql.pass(0);

  expect(await Promise.all(ends)).toEqual(['committed', 'committed', 'committed']);
  expect(names(sql)).toEqual(['ann', 'ben', 'cem']);
  expect(sql.sent).toBe(5);
});

test('a commit under way can be read around, at the version before it and at its own', async () => {
  const { sql, driver, send } = await start();
  const end = send('ann');
  await settle();

  expect(await driver.read('users')).toEqual([]);
  const reading = driver.read('users');
  await sql.pass(0);
  expect(await reading).toHaveLength(0);
  expect(await driver.read('users')).toHaveLength(1);

  expect(await end).toBe('committed');
});

test('a version that another program made in place of a commit under way is not taken for it', async () => {
  const { sql, driver, send } = await start();
  const ends = [send('ann'), send('ben')];
  await settle();
  sql.database.exec("INSERT INTO users (name) VALUES ('outsider')");

  await expect(driver.read('users')).rejects.toMatchObject({ code: 'commit/conflict' });
  await sql.pass(1);
  await sql.pass(0);

  expect(await Promise.all(ends)).toEqual(['commit/conflict', 'commit/conflict']);
  expect(driver.store.isBehind).toBe(true);
  expect(names(sql)).toEqual(['outsider']);
});

test('a commit that has happened counts, although others have written since', async () => {
  const { sql, driver, send } = await start();
  const ends = [send('ann'), send('ben')];
  await settle();
  await sql.pass(0);
  sql.database.exec("UPDATE users SET name = 'other'");
  await expect(driver.read('users')).rejects.toMatchObject({ code: 'commit/conflict' });
  await sql.pass(0);

  expect(await Promise.all(ends)).toEqual(['committed', 'commit/conflict']);
  expect(driver.store.isBehind).toBe(true);
});

test('when nobody knows what became of one, nothing that builds on it is said to have happened', async () => {
  const { sql, driver, send } = await start();
  sql.answer = 'is lost';
  const first = send('ann');
  await settle();
  sql.answer = 'comes';
  const second = send('ben');
  await settle();

  await sql.pass(0);
  await sql.pass(0);

  expect(await Promise.all([first, second])).toEqual(['provider/outcome-unknown', 'provider/outcome-unknown']);
  expect(driver.store.lost).toMatchObject({ code: 'provider/outcome-unknown' });
  expect(names(sql)).toEqual(['ann', 'ben']);
});

test('what an engine that was lost had sent does not land on what the next one makes of the same version', async () => {
  const { sql, driver, send } = await start();
  void send('ann');
  void send('ben');
  await settle();
  sql.isHolding = false;
  const next = await StoreDriver.open(storeElsewhere(sql));
  await next.migrate(users);
  expect(next.version).toBe(driver.version - 1);

  await sql.pass(1);
  await sql.pass(0);

  expect(names(sql)).toEqual([]);
  expect((await next.store.open()).version).toBe(next.version);
});

test('a database from before commits had a mark gets one when it is opened', async () => {
  const database = new DatabaseSync(':memory:');
  const old = new SqliteElsewhere(database);
  await StoreDriver.open(storeElsewhere(old), users);
  database.exec('ALTER TABLE _bb_meta DROP COLUMN last_commit');

  const driver = await StoreDriver.open(storeElsewhere(old));
  await driver.send('life', ['1', insertion('users', driver.document('users', { name: 'ann' }))]);

  expect(database.prepare('SELECT version, last_commit FROM _bb_meta').get()).toEqual({ version: 2, last_commit: 'life:2' });
});
