import { expect, test } from 'vitest';
import { type RemoteFailure, type RemoteSql, RemoteSqlError } from './remote-sql.ts';
import { retrying } from './retrying-sql.ts';

/** A database that fails so often before it answers, on a clock that a pause moves on. */
function failing(kind: RemoteFailure['kind'], failures: number, milliseconds = 0) {
  const world = { now: 0, tries: 0, pauses: [] as number[] };
  const failure: RemoteFailure = kind === 'constraint' ? { kind, which: 'unique', names: [] } : { kind };
  const database: RemoteSql = {
    dialect: 'sqlite',
    batch: async () => {
      world.now += milliseconds;
      world.tries += 1;
      if (world.tries <= failures) throw new RemoteSqlError(failure, 'no');
      return [];
    },
  };
  const sql = retrying(database, {
    now: () => world.now,
    pause: async (length) => {
      world.pauses.push(length);
      world.now += length;
    },
    random: () => 0.5,
  });
  return { world, sql };
}

test.each([
  ['asleep', 6],
  ['busy', 5],
  ['overloaded', 3],
  ['unreachable', 2],
  ['unknown', 1],
  ['credentials', 1],
  ['refused', 1],
  ['constraint', 1],
  ['full', 1],
] as const)('what failed as %s is tried %d times, and then told', async (kind, tries) => {
  for (const mode of ['read', 'write'] as const) {
    const { world, sql } = failing(kind, Number.POSITIVE_INFINITY);
    await expect(sql.batch([], mode)).rejects.toMatchObject({ failure: { kind } });
    expect(world.tries).toBe(tries);
  }
});

test('a database that wakes in time answers, and nobody hears that it slept', async () => {
  const { world, sql } = failing('asleep', 3);

  expect(await sql.batch([], 'write')).toEqual([]);
  expect(world.pauses).toEqual([250, 500, 1_000]);
});

test('nothing is begun again after eight seconds, whatever was to come', async () => {
  const { world, sql } = failing('asleep', Number.POSITIVE_INFINITY, 3_000);

  await expect(sql.batch([], 'read')).rejects.toMatchObject({ failure: { kind: 'asleep' } });
  expect(world.tries).toBe(3);
});

test('a mistake in the driver is no failure of the database', async () => {
  let tries = 0;
  const sql = retrying(
    {
      dialect: 'sqlite',
      batch: async () => {
        tries += 1;
        throw new TypeError('mistake');
      },
    },
    { now: () => 0, pause: async () => {}, random: () => 0 },
  );

  await expect(sql.batch([], 'read')).rejects.toThrow('mistake');
  expect(tries).toBe(1);
});
