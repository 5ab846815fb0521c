import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { saveHostGlobals } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ things: defineTable({ size: v.number(), name: v.string() }) });

let kept: (() => Promise<unknown>) | null = null;
const things = {
  add: mutation({
    args: { count: v.number() },
    handler: async ({ db }, { count }) => {
      for (let size = 0; size < count; size++) await db.insert('things', { size, name: 'a' });
    },
  }),
  filterByText: query({
    args: {},
    handler: ({ db }) =>
      db
        .query('things')
        .filter((q) => q.add('two' as never, 1) as never)
        .collect(),
  }),
  keep: mutation({
    args: {},
    handler: async ({ db }) => {
      kept = () => db.insert('things', { size: 1, name: 'late' });
    },
  }),
  count: query({ args: {}, handler: async ({ db }) => (await db.query('things').collect()).length }),
};

const start = () => TestEngine.start({ app: { modules: { things }, schema }, store: testStore(), limits: { documentsWritten: 10 } });

test('a mutation that writes more than it may writes nothing', async () => {
  const engine = await start();

  expect(await engine.mutation('things:add', { count: 11 })).toMatchObject({ ok: false, error: { code: 'function/writes-too-much' } });
  expect(valueOf(await engine.query('things:count'))).toBe(0);
  expect(await engine.mutation('things:add', { count: 10 })).toMatchObject({ ok: true });
});

test('a call that takes too long ends in an error and writes nothing', async () => {
  const host = saveHostGlobals(globalThis);
  let pace = 0;
  let looks = 0;
  const engine = await TestEngine.start({
    app: { modules: { things }, schema },
    store: testStore(),
    limits: { runMilliseconds: 1_000 },
    // Every look at the clock finds it on by the pace.
    host: { ...host, now: () => host.now() + pace * looks++ },
  });
  await engine.mutation('things:add', { count: 3 });
  pace = 700;

  const slow = { ok: false, error: { code: 'function/timed-out', details: { limit: 'runMilliseconds' } } };
  expect(await engine.mutation('things:add', { count: 5 })).toMatchObject({ ok: true });
  pace = 1_100;
  expect(await engine.mutation('things:add', { count: 5 })).toMatchObject(slow);
  pace = 0;
  expect(valueOf(await engine.query('things:count'))).toBe(8);
});

test('a filter that reckons with text says what it needs', async () => {
  const engine = await start();
  await engine.mutation('things:add', { count: 1 });

  expect(await engine.query('things:filterByText')).toMatchObject({
    ok: false,
    error: { code: 'query/bad-filter', message: expect.stringContaining('needs two numbers') },
  });
});

test('a database kept for later is closed when the function has returned', async () => {
  const engine = await start();
  await engine.mutation('things:keep');

  await expect(kept?.()).rejects.toMatchObject({ code: 'function/transaction-over' });
  expect(valueOf(await engine.query('things:count'))).toBe(0);
});
