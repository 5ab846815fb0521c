import { DatabaseSync } from 'node:sqlite';
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { storeElsewhere } from '../elsewhere/store-elsewhere.ts';
import { EmbeddedStore, MemoryStore, nodeDisk } from '@betterbase/providers';
import { describe, expect, test } from 'vitest';
import { TestEngine } from './test-engine.ts';

const runs: string[] = [];
const app = {
  schema: defineSchema({ items: defineTable({ list: v.string() }).index('by_list', ['list']) }),
  modules: {
    items: {
      add: mutation({ args: { list: v.string() }, handler: (ctx, { list }) => ctx.db.insert('items', { list }) }),
      list: query({
        args: { list: v.string() },
        handler: async (ctx, { list }) => {
          runs.push(list);
          return (
            await ctx.db
              .query('items')
              .withIndex('by_list', (q) => q.eq('list', list))
              .collect()
          ).length;
        },
      }),
    },
  },
};

async function watching(store: Parameters<typeof TestEngine.start>[0]['store'], queries: number): Promise<TestEngine> {
  const engine = await TestEngine.start({ app, store, isDevelopment: false });
  for (let number = 1; number <= queries; number++)
    await engine.turn([{ do: 'query', query: number, call: engine.call('items:list', { list: `list ${number}` }), pinned: true }]);
  runs.length = 0;
  return engine;
}

describe.each([
  ['embedded', () => new EmbeddedStore(nodeDisk(new DatabaseSync(':memory:')))],
  ['memory', () => new MemoryStore()],
  ['elsewhere', () => storeElsewhere()],
])('on the %s store', (_name, createStore) => {
  test('what is kept is found by the commit that touches it, however many commits came before', async () => {
    const engine = await watching(createStore(), 600);
    await engine.keep();
    const woken = engine.reborn();

    for (let n = 0; n < 80; n++) await woken.mutation('items:add', { list: 'nobody watches this' });
    expect(runs).toEqual([]);
    const { refreshed } = await woken.turn([woken.mutationOperation('items:add', { list: 'list 599' })]);

    expect(runs).toEqual(['list 599']);
    expect(refreshed).toMatchObject([{ query: 599, outcome: { ok: true, value: '1' } }]);
  });

  test('what a commit touched before its watchers heard of it runs again in the first turn', async () => {
    const engine = await watching(createStore(), 3);
    await engine.keep();
    await engine.mutation('items:add', { list: 'list 2' });
    runs.length = 0;

    const { refreshed } = await engine.reborn().turn([]);

    expect(runs).toEqual(['list 2']);
    expect(refreshed).toMatchObject([{ query: 2, outcome: { ok: true, value: '1' } }]);
  });

  test('what was not kept in time is not known, and what is wanted no more is forgotten', async () => {
    const store = createStore();
    const engine = await watching(store, 2);
    await engine.keep();
    await engine.turn([{ do: 'query', query: 3, call: engine.call('items:list', { list: 'list 3' }), pinned: true }]);

    const { results } = await engine.reborn().turn([{ do: 'resume', queries: [1, 3], isAll: true }]);

    expect(results).toEqual([{ do: 'resumed', unknown: [3] }]);
    expect(await store.kept.among([1, 2, 3])).toEqual([1]);
  });

  test('a migration forgets what is kept', async () => {
    const store = createStore();
    await (await watching(store, 2)).keep();

    await TestEngine.start({ app, store, isDevelopment: false, deployment: 'd2' });

    expect(await store.kept.has()).toBe(false);
  });
});
