/** Mutations of one turn on a store to which every commit is a round trip. */
import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, makeFunctionReference, mutation, query, v } from '@betterbase/core';
import type { OperationResult, TurnOperation } from '@betterbase/engine';
import type { RemoteSql } from '@betterbase/providers';
import { expect, test } from 'vitest';
import { SqliteElsewhere, storeElsewhere } from '../elsewhere/index.ts';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({
  items: defineTable({ list: v.string(), value: v.number() }).index('by_list', ['list']).searchIndex('by_text', { searchField: 'list' }),
  names: defineTable({ name: v.string() }).uniqueIndex('by_name', ['name']),
});
const app = {
  schema,
  modules: {
    items: {
      add: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => void (await db.insert('items', { list, value: 0 })),
      }),
      three: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          for (const value of [1, 2, 3]) await db.insert('items', { list, value });
        },
      }),
      bump: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          const first = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .first();
          if (first === null) return null;
          await db.patch(first._id, { value: first.value + 1 });
          return first.value + 1;
        },
      }),
      drop: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          const found = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .collect();
          for (const { _id } of found) await db.delete(_id);
          return found.length;
        },
      }),
      name: mutation({ args: { name: v.string() }, handler: async ({ db }, { name }) => void (await db.insert('names', { name })) }),
      fail: mutation({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          await db.insert('items', { list, value: 0 });
          throw new Error('no');
        },
      }),
      sum: query({
        args: { list: v.string() },
        handler: async ({ db }, { list }) => {
          const found = await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .collect();
          return found.map(({ value }) => value);
        },
      }),
      count: query({ args: {}, handler: async ({ db }) => await db.query('items').count() }),
      names: query({ args: {}, handler: async ({ db }) => (await db.query('names').collect()).map(({ name }) => name) }),
      search: query({
        args: { list: v.string() },
        handler: async ({ db }, { list }) =>
          (
            await db
              .query('items')
              .withSearchIndex('by_text', (q) => q.search('list', list))
              .collect()
          ).length,
      }),
      later: mutation({
        args: {},
        handler: async ({ scheduler }) =>
          void (await scheduler.runAfter(60_000, makeFunctionReference<'mutation'>('items:add'), { list: 'later' })),
      }),
    },
  },
};

async function start() {
  const database = new DatabaseSync(':memory:');
  const sql = new SqliteElsewhere(database);
  let meddle: (() => void) | null = null;
  const meddled: RemoteSql = {
    dialect: 'sqlite',
    batch: (statements, mode) => {
      const now = mode === 'write' ? meddle : null;
      if (now !== null) meddle = null;
      now?.();
      return sql.batch(statements, mode);
    },
  };
  const engine = await TestEngine.start({ app, store: storeElsewhere(meddled), isDevelopment: false });
  // The first turn of a life looks for cron jobs and what is due.
  await engine.turn([]);
  const trips = async <T>(work: () => Promise<T>): Promise<readonly [number, T]> => {
    const before = sql.trips;
    const result = await work();
    return [sql.trips - before, result];
  };
  const keyed = (id: string, path: string, args: object): TurnOperation => ({
    do: 'mutation',
    request: { session: 's', id },
    call: engine.call(path, { ...args }),
  });
  /** Somebody else writes just before the next commit. */
  const beforeNextCommit = (text: string): void => {
    meddle = () => database.exec(text);
  };
  return { engine, trips, keyed, beforeNextCommit };
}

const outcomes = (results: readonly OperationResult[]): readonly unknown[] =>
  results.map((result) => {
    const outcome = result.do === 'query' ? result.answer.outcome : mutationOutcome(result);
    return outcome.ok ? valueOf(outcome) : outcome.error.code;
  });

test('a mutation that only inserts is one round trip, with its outcome and with a session', async () => {
  const { engine, trips, keyed } = await start();

  const [alone] = await trips(() => engine.turn([engine.mutationOperation('items:three', { list: 'a' })]));
  const [inSession] = await trips(() => engine.turn([keyed('1', 'items:three', { list: 'a' })]));

  expect([alone, inSession]).toEqual([1, 1]);
});

test('a mutation that reads is a round trip for what it reads, and one for its commit', async () => {
  const { engine, trips, keyed } = await start();
  await engine.mutation('items:add', { list: 'a' });

  const [count] = await trips(() => engine.turn([keyed('1', 'items:bump', { list: 'a' })]));

  expect(count).toBe(2);
});

test('mutations that came together and do not concern each other are committed in one round trip, each with a version of its own', async () => {
  const { engine, trips } = await start();
  const before = (await engine.engine.status()).version;

  const [count, { results, version }] = await trips(() =>
    engine.turn(['a', 'b', 'c'].map((list) => engine.mutationOperation('items:add', { list }))),
  );

  expect(count).toBe(1);
  expect(results.map((result) => (result.do === 'mutation' ? result.version - before : null))).toEqual([1, 2, 3]);
  expect(version - before).toBe(3);
});

test('what a mutation or a query reads is what those before it in the turn have written', async () => {
  const { engine, trips } = await start();
  const ask = (path: string, args: object) => ({ do: 'query', query: -1, call: engine.call(path, { ...args }), pinned: false }) as const;

  const [count, { results }] = await trips(() =>
    engine.turn([
      engine.mutationOperation('items:add', { list: 'a' }),
      engine.mutationOperation('items:bump', { list: 'a' }),
      engine.mutationOperation('items:bump', { list: 'a' }),
      ask('items:sum', { list: 'a' }),
      engine.mutationOperation('items:add', { list: 'b' }),
      ask('items:sum', { list: 'a' }),
      ask('items:count', {}),
      engine.mutationOperation('items:add', { list: 'c' }),
      ask('items:search', { list: 'c' }),
    ]),
  );

  expect(outcomes(results)).toEqual([null, 1, 2, [2], null, [2], 2, null, 1]);
  // Four reads that would see what waits, each after its commit; one that would not; and a count, which is known, after its commit.
  expect(count).toBe(4 * 2 + 1 + 1);
});

test('one that is refused in the middle leaves the others as they are', async () => {
  const { engine } = await start();
  await engine.mutation('items:name', { name: 'ann' });

  const { results } = await engine.turn(
    ['ben', 'ann', 'cem', 'ben', 'dan'].map((name) => engine.mutationOperation('items:name', { name })),
  );

  expect(outcomes(results)).toEqual([null, 'document/not-unique', null, 'document/not-unique', null]);
  expect(valueOf(await engine.query('items:names'))).toEqual(['ann', 'ben', 'cem', 'dan']);
});

test('what was answered before is answered the same again, also among others', async () => {
  const { engine, keyed } = await start();
  await engine.turn([
    keyed('1', 'items:bump', { list: 'a' }),
    keyed('2', 'items:fail', { list: 'a' }),
    keyed('3', 'items:add', { list: 'a' }),
  ]);

  const again = await engine.turn([
    keyed('4', 'items:add', { list: 'b' }),
    keyed('1', 'items:bump', { list: 'a' }),
    keyed('2', 'items:fail', { list: 'a' }),
    keyed('5', 'items:bump', { list: 'a' }),
    keyed('5', 'items:bump', { list: 'a' }),
  ]);

  expect(outcomes(again.results)).toEqual([null, null, 'function/threw', 1, 1]);
  expect(again.results.map((result) => result.do === 'mutation' && result.replayed)).toEqual([false, true, true, false, true]);
  expect(valueOf(await engine.query('items:sum', { list: 'a' }))).toEqual([1]);
});

test('what a mutation schedules is seen before anything else is', async () => {
  const { engine } = await start();

  const { results, wakeAt } = await engine.turn([
    engine.mutationOperation('items:add', { list: 'a' }),
    engine.mutationOperation('items:later'),
    engine.mutationOperation('items:add', { list: 'b' }),
  ]);

  expect(outcomes(results)).toEqual([null, null, null]);
  expect(wakeAt).not.toBeNull();
});

test('watchers are told what mutations that were committed together have changed', async () => {
  const { engine } = await start();
  const watch = (number: number, list: string): TurnOperation => ({
    do: 'query',
    query: number,
    call: engine.call('items:sum', { list }),
    pinned: true,
  });
  await engine.turn([watch(1, 'a'), watch(2, 'b'), watch(3, 'c')]);

  const { refreshed } = await engine.turn(['a', 'b', 'a'].map((list) => engine.mutationOperation('items:add', { list })));

  expect(refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)])).toEqual([
    [1, [0, 0]],
    [2, [0]],
  ]);
});

test('what waits runs again when another program has written meanwhile', async () => {
  const { engine, beforeNextCommit } = await start();
  for (const list of ['a', 'b']) await engine.mutation('items:add', { list });
  beforeNextCommit("UPDATE items SET value = 40 WHERE list = 'a'");

  const { results } = await engine.turn(['a', 'b', 'a', 'b'].map((list) => engine.mutationOperation('items:bump', { list })));

  expect(outcomes(results)).toEqual([41, 1, 42, 2]);
  expect(valueOf(await engine.query('items:sum', { list: 'a' }))).toEqual([42]);
});

test('what waits and runs again may be refused then', async () => {
  const { engine, beforeNextCommit } = await start();
  await engine.mutation('items:name', { name: 'ann' });
  beforeNextCommit("UPDATE names SET name = 'ben'");

  const { results } = await engine.turn(['ann', 'ben', 'cem'].map((name) => engine.mutationOperation('items:name', { name })));

  expect(outcomes(results)).toEqual([null, 'document/not-unique', null]);
  expect(valueOf(await engine.query('items:names'))).toEqual(['ben', 'ann', 'cem']);
});

test('a turn has the same results, whether commits are round trips or not', async () => {
  await forEachSeed(20, async (random) => {
    const { engine } = await start();
    const model = await TestEngine.start({ app, store: testStore(), isDevelopment: false });
    for (let turn = 0; turn < 8; turn++) {
      const calls = Array.from({ length: 1 + random.below(8) }, () => randomCall(random));
      const run = async (on: TestEngine): Promise<readonly unknown[]> => {
        const { results, refreshed } = await on.turn(calls.map((call, at) => operation(on, call, at)));
        const anew = refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)] as const);
        return [...outcomes(results), anew.toSorted(([one], [other]) => one - other)];
      };
      expect(await run(engine)).toEqual(await run(model));
    }
  });
}, 30_000);

interface Call {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly watches: boolean;
  readonly id: string | null;
}

function randomCall(random: Seeded): Call {
  const list = random.pick(['a', 'b']);
  const name = random.pick(['add', 'three', 'bump', 'bump', 'drop', 'fail', 'name', 'later', 'sum', 'sum', 'count', 'names']);
  const args = ['count', 'names', 'later'].includes(name) ? {} : name === 'name' ? { name: random.pick(['x', 'y', 'z']) } : { list };
  return { path: `items:${name}`, args, watches: random.below(2) === 0, id: random.below(3) === 0 ? `${random.below(12)}` : null };
}

function operation(engine: TestEngine, { path, args, watches, id }: Call, at: number): TurnOperation {
  const isQuery = /:(?:sum|count|names)$/.test(path);
  const call = engine.call(path, { ...args });
  if (isQuery) return { do: 'query', query: at, call, pinned: watches };
  return { do: 'mutation', request: { session: id === null ? null : 's', id: id ?? call.requestId }, call };
}
