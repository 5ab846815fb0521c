import { AppError, defineSchema, defineTable, internalQuery, makeFunctionReference, mutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ counters: defineTable({ name: v.string(), value: v.number() }).index('by_name', ['name']) });

const add = makeFunctionReference<'mutation'>('counters:add');
const appError = makeFunctionReference<'mutation'>('counters:appError');
const list = makeFunctionReference<'query'>('counters:list');
let outside = 0;
const functions = {
  list: query({
    args: {},
    returns: v.array(v.string()),
    handler: async ({ db }) => (await db.query('counters').collect()).map((each) => String(each['name'])),
  }),
  add: mutation({
    args: { name: v.string(), value: v.optional(v.number()) },
    handler: async ({ db }, { name, value }) => await db.insert('counters', { name, value: value ?? 0 }),
  }),
  secret: internalQuery({ args: {}, handler: async () => 'hidden' }),
  wrongResult: query({ args: {}, returns: v.object({ n: v.number() }), handler: async () => ({ n: 'five' }) as never }),
  nothing: query({ args: {}, handler: async () => undefined }),
  appError: mutation({
    args: {},
    handler: async ({ db }) => {
      await db.insert('counters', { name: 'x', value: 0 });
      throw new AppError({ code: 'sold-out', left: 0n });
    },
  }),
  pending: query({ args: {}, handler: () => new Promise<null>(() => undefined) }),
  hiddenState: query({ args: {}, handler: async () => ++outside }),
  nestedCaught: mutation({
    args: {},
    handler: async (ctx) => {
      await ctx.runMutation(add, { name: 'kept' });
      await ctx.runMutation(appError, {}).catch(() => null);
      return await ctx.runQuery(list, {});
    },
  }),
  many: query({ args: { count: v.number() }, handler: async (_ctx, { count }) => 'x'.repeat(count) }),
  forgotten: mutation({
    args: {},
    handler: async ({ db }) => {
      void Promise.resolve().then(async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        await db.insert('counters', { name: 'late', value: 1 }).catch(() => undefined);
      });
      return null;
    },
  }),
};

const start = () => TestEngine.start({ app: { modules: { counters: functions }, schema }, store: testStore() });
const codeOf = (outcome: Awaited<ReturnType<TestEngine['query']>>): string => (outcome.ok ? 'ok' : outcome.error.code);

test('arguments that do not fit are refused by path', async () => {
  const engine = await start();

  expect(await engine.mutation('counters:add', { name: 5 })).toMatchObject({
    ok: false,
    error: { code: 'arguments/invalid', details: { path: 'args.name', expected: 'string' } },
  });
  expect(codeOf(await engine.mutation('counters:add', {}))).toBe('arguments/invalid');
  expect(codeOf(await engine.mutation('counters:add', { name: 'a', more: 1 }))).toBe('arguments/invalid');
  expect(codeOf(await engine.mutation('counters:add', []))).toBe('arguments/invalid');
  expect(valueOf(await engine.query('counters:list'))).toEqual([]);
});

test('a result that does not fit its validator is the app’s mistake', async () => {
  const engine = await start();

  expect(await engine.query('counters:wrongResult')).toMatchObject({
    ok: false,
    error: { code: 'returns/invalid', details: { path: 'returns.n' } },
  });
});

test('returning nothing gives null', async () => {
  expect(valueOf(await (await start()).query('counters:nothing'))).toBeNull();
});

test('unknown functions, internal ones from outside and wrong kinds each say so', async () => {
  const engine = await start();

  expect(codeOf(await engine.query('counters:none'))).toBe('function/not-found');
  expect(codeOf(await engine.query('counters:secret'))).toBe('function/not-found');
  expect(codeOf(await engine.query('counters:add'))).toBe('function/wrong-kind');
});

test('what the app throws on purpose reaches the caller with its data, and nothing is written', async () => {
  const engine = await start();

  expect(await engine.mutation('counters:appError')).toMatchObject({
    ok: false,
    error: { code: 'function/app-error', data: { code: 'sold-out', left: { $integer: 'AAAAAAAAAAA=' } } },
  });
  expect(valueOf(await engine.query('counters:list'))).toEqual([]);
});

test('a handler that waits for nothing is ended, and the next call runs', async () => {
  const engine = await start();

  const { results } = await engine.turn([
    { do: 'query', query: 1, call: engine.call('counters:pending'), pinned: false },
    engine.mutationOperation('counters:add', { name: 'a' }),
  ]);

  expect(results[0]).toMatchObject({ answer: { outcome: { ok: false, error: { code: 'function/never-finished' } } } });
  expect(mutationOutcome(results[1]).ok).toBe(true);
});

test('in development a query that answers twice differently is warned about', async () => {
  const engine = await start();

  const { results } = await engine.turn([{ do: 'query', query: 1, call: engine.call('counters:hiddenState'), pinned: false }]);

  expect(results[0]).toMatchObject({
    answer: { report: { lines: [{ level: 'warn', text: expect.stringContaining('two different answers') }] } },
  });
});

test('a nested mutation that is caught takes back its own writes only', async () => {
  const engine = await start();

  expect(valueOf(await engine.mutation('counters:nestedCaught'))).toEqual(['kept']);
  expect(valueOf(await engine.query('counters:list'))).toEqual(['kept']);
});

test('results and arguments above their limits are refused', async () => {
  const limits = { resultBytes: 100, argumentBytes: 100 };
  const engine = await TestEngine.start({ app: { modules: { counters: functions }, schema }, store: testStore(), limits });

  expect(codeOf(await engine.query('counters:many', { count: 200 }))).toBe('returns/too-large');
  expect(codeOf(await engine.mutation('counters:add', { name: 'x'.repeat(200) }))).toBe('arguments/too-large');
});

test('what a handler does after it has returned is not part of anything', async () => {
  const engine = await start();

  valueOf(await engine.mutation('counters:forgotten'));
  await new Promise((resolve) => setTimeout(resolve, 5));

  expect(valueOf(await engine.query('counters:list'))).toEqual([]);
});

test('reading more documents than the limit is refused', async () => {
  const limits = { documentsRead: 3 };
  const engine = await TestEngine.start({ app: { modules: { counters: functions }, schema }, store: testStore(), limits });
  for (const name of ['a', 'b', 'c']) valueOf(await engine.mutation('counters:add', { name }));
  expect(valueOf(await engine.query('counters:list'))).toEqual(['a', 'b', 'c']);

  valueOf(await engine.mutation('counters:add', { name: 'd' }));

  expect(codeOf(await engine.query('counters:list'))).toBe('query/reads-too-much');
});
