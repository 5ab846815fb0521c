import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import type { FunctionCall } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ items: defineTable({ list: v.string() }).index('by_list', ['list']) });
const app = {
  schema,
  modules: {
    items: {
      list: query({
        args: { list: v.string() },
        handler: async ({ db }, { list }) =>
          (
            await db
              .query('items')
              .withIndex('by_list', (q) => q.eq('list', list))
              .collect()
          ).length,
      }),
      who: query({ args: {}, handler: async ({ auth }) => (await auth.getUserIdentity())?.subject ?? null }),
      when: query({ args: {}, handler: async () => Date.now() }),
      large: query({
        args: { list: v.string(), number: v.number() },
        handler: async ({ db }, { list }) =>
          `${await db
            .query('items')
            .withIndex('by_list', (q) => q.eq('list', list))
            .count()}${'x'.repeat(5_000_000)}`,
      }),
      add: mutation({ args: { list: v.string() }, handler: async ({ db }, { list }) => await db.insert('items', { list }) }),
      fail: mutation({
        args: {},
        handler: async () => {
          throw new Error('no');
        },
      }),
    },
  },
};
const start = (store = testStore()) => TestEngine.start({ app, store, isDevelopment: false });
const watch = (engine: TestEngine, number: number, list: string, pinned: boolean) =>
  ({ do: 'query', query: number, call: engine.call('items:list', { list }), pinned }) as const;
const keyed = (engine: TestEngine, id: string, list: string, identity: FunctionCall['identity'] = null) =>
  ({ do: 'mutation', request: { session: 's', id }, call: { ...engine.call('items:add', { list }), identity } }) as const;

test('a pinned query that a commit touches is answered anew in the same turn, once for all commits', async () => {
  const engine = await start();
  await engine.turn([watch(engine, 1, 'a', true), watch(engine, 2, 'b', true)]);

  const { refreshed, stale } = await engine.turn([
    engine.mutationOperation('items:add', { list: 'a' }),
    engine.mutationOperation('items:add', { list: 'a' }),
  ]);

  expect(refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)])).toEqual([[1, 2]]);
  expect(stale).toEqual([]);
});

test('an unpinned query that a commit touches is reported stale and forgotten', async () => {
  const engine = await start();
  await engine.turn([watch(engine, 1, 'a', false), watch(engine, 2, 'b', false)]);

  expect(await engine.turn([engine.mutationOperation('items:add', { list: 'a' })])).toMatchObject({ refreshed: [], stale: [1] });
  expect(await engine.turn([engine.mutationOperation('items:add', { list: 'a' })])).toMatchObject({ refreshed: [], stale: [] });
});

test('a query that is pinned or unpinned later is treated so from then on', async () => {
  const engine = await start();
  await engine.turn([watch(engine, 1, 'a', false), { do: 'pin', query: 1, pinned: true }]);
  expect((await engine.turn([engine.mutationOperation('items:add', { list: 'a' })])).refreshed).toHaveLength(1);

  await engine.turn([{ do: 'pin', query: 1, pinned: false }]);
  expect((await engine.turn([engine.mutationOperation('items:add', { list: 'a' })])).stale).toEqual([1]);
});

test('a forgotten query is never mentioned again', async () => {
  const engine = await start();
  await engine.turn([watch(engine, 1, 'a', true), { do: 'forget', query: 1 }]);

  expect(await engine.turn([engine.mutationOperation('items:add', { list: 'a' })])).toMatchObject({ refreshed: [], stale: [] });
});

test('a query answered before a mutation of the same turn is answered again if the mutation touches it', async () => {
  const engine = await start();

  const { results, refreshed } = await engine.turn([watch(engine, 1, 'a', true), engine.mutationOperation('items:add', { list: 'a' })]);

  expect(results[0]).toMatchObject({ answer: { outcome: { value: '0' } } });
  expect(refreshed).toMatchObject([{ query: 1, outcome: { value: '1' } }]);
});

test('a turn whose answers grow too large leaves the rest of what it touched to the next', async () => {
  const engine = await start();
  const ask = (number: number) =>
    ({ do: 'query', query: number, call: engine.call('items:large', { list: 'a', number }), pinned: true }) as const;
  for (const number of [1, 2, 3, 4]) await engine.turn([ask(number)]);

  const { refreshed, stale } = await engine.turn([engine.mutationOperation('items:add', { list: 'a' })]);

  expect(refreshed.map((answer) => answer.query)).toEqual([1, 2]);
  expect(stale).toEqual([3, 4]);
  expect((await engine.turn([ask(3), ask(4)])).results).toHaveLength(2);
});

test('a request that was answered is answered the same again and not run again', async () => {
  const engine = await start();
  const { results } = await engine.turn([keyed(engine, '1', 'a')]);

  const again = await engine.turn([keyed(engine, '1', 'a')]);

  expect(again.results[0]).toMatchObject({ replayed: true, outcome: mutationOutcome(results[0]) });
  expect(valueOf(await engine.query('items:list', { list: 'a' }))).toBe(1);
});

test('a failure is an answer too', async () => {
  const engine = await start();
  const operation = { do: 'mutation', request: { session: 's', id: '1' }, call: engine.call('items:fail') } as const;
  await engine.turn([operation]);

  const again = await engine.turn([operation]);

  expect(again.results[0]).toMatchObject({ replayed: true, outcome: { ok: false, error: { code: 'function/threw' } } });
});

test('somebody else’s request id gets nobody’s answer', async () => {
  const engine = await start();
  await engine.turn([keyed(engine, '1', 'a', { tokenIdentifier: 'i|ada', subject: 'ada', issuer: 'i' })]);

  const other = await engine.turn([keyed(engine, '1', 'a', { tokenIdentifier: 'i|eve', subject: 'eve', issuer: 'i' })]);

  expect(other.results[0]).toMatchObject({ outcome: { ok: false, error: { code: 'request/other-identity' } } });
});

test('outcomes survive the engine, and its successor goes on from the same version', async () => {
  const store = testStore();
  const first = await start(store);
  const { version, results } = await first.turn([keyed(first, '1', 'a')]);

  const second = await start(store);

  expect(await second.engine.status()).toMatchObject({ version, deployment: 'd1' });
  expect((await second.turn([keyed(second, '1', 'a')])).results[0]).toMatchObject({ replayed: true, outcome: mutationOutcome(results[0]) });
});

test('outcomes of a lost call can be asked for', async () => {
  const engine = await start();
  const { version } = await engine.engine.status();
  await engine.turn([
    engine.mutationOperation('items:add', { list: 'a' }),
    engine.mutationOperation('items:fail'),
    keyed(engine, '7', 'a'),
  ]);

  const outcomes = await engine.engine.outcomesSince(version);

  expect(outcomes.map(({ request }) => request.session)).toEqual([null, 's']);
  expect(outcomes.map(({ outcome }) => JSON.parse(outcome))).toMatchObject([{ ok: true }, { ok: true }]);
});

test('a recorded failure stands where there is no outcome, and gives way where there is one', async () => {
  const engine = await start();
  const error = { code: 'function/timed-out', message: 'It looped.' } as const;
  const { results } = await engine.turn([keyed(engine, '1', 'a')]);

  expect(await engine.engine.recordFailure({ session: 's', id: '1' }, null, error)).toEqual(mutationOutcome(results[0]));
  expect(await engine.engine.recordFailure({ session: 's', id: '2' }, null, error)).toEqual({ ok: false, error });
  expect((await engine.turn([keyed(engine, '2', 'a')])).results[0]).toMatchObject({ replayed: true, outcome: { ok: false, error } });
});

test('a caller that knew another engine is told so, and nothing is run for it', async () => {
  const engine = await start();

  const result = await engine.engine.turn({
    boot: 'another',
    deployment: 'd1',
    operations: [engine.mutationOperation('items:add', { list: 'a' })],
  });

  expect(result).toMatchObject({ state: 'restarted', boot: engine.engine.boot });
  expect(valueOf(await engine.query('items:list', { list: 'a' }))).toBe(0);
});

test('an answer says whether it depends on who asks and on when', async () => {
  const engine = await start();
  const ask = async (path: string, args = {}) =>
    (await engine.turn([{ do: 'query', query: 1, call: engine.call(path, args), pinned: false }])).results[0];

  expect(await ask('items:list', { list: 'a' })).toMatchObject({ answer: { readIdentity: false } });
  expect(await ask('items:who')).toMatchObject({ answer: { readIdentity: true } });
});

test('calls that arrive together run one after the other', async () => {
  const engine = await start();

  const turns = await Promise.all(Array.from({ length: 5 }, () => engine.turn([engine.mutationOperation('items:add', { list: 'a' })])));

  const versions = turns.map(({ version }) => version);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(new Set(versions).size).toBe(5);
});
