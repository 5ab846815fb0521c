/** Tables that the schema does not name, where it allows them. */
import { type AnyValue, anyApi, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { MemoryStore } from '@betterbase/providers';
import type { MoveRequest } from '@betterbase/engine';
import { describe, expect, test } from 'vitest';
import { TestEngine, valueOf } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const notes = {
  add: mutation({
    args: { table: v.string(), text: v.string() },
    handler: async (ctx: AnyValue, { table, text }) => await ctx.db.insert(table, { text }),
  }),
  list: query({
    args: { table: v.string() },
    handler: async (ctx: AnyValue, { table }) => (await ctx.db.query(table).collect()).map(({ text }: AnyValue) => text),
  }),
  persistent: mutation({
    args: {},
    handler: async (ctx: AnyValue) => {
      for (const table of ['a', 'b']) {
        try {
          await ctx.db.insert(table, { text: 'in spite of everything' });
        } catch {
          await ctx.db.insert('a', { text: 'the table was not there' });
        }
      }
    },
  }),
  scatter: mutation({
    args: {},
    handler: async (ctx: AnyValue) => await ctx.db.insert(`t${Math.floor(Math.random() * 1e9)}`, {}),
  }),
};
const stores = {
  memory: () => new MemoryStore(),
  embedded: testStore,
};
const strict = { a: defineTable({ text: v.string() }).index('by_text', ['text']) };

describe.each(Object.entries(stores))('%s', (_name, makeStore) => {
  const start = (schema: unknown, store = makeStore(), deployment = 'd1') =>
    TestEngine.start({ app: { modules: { notes }, schema }, store, deployment });

  test.each([
    ['without a schema', null],
    ['with a schema that is not checked', defineSchema(strict, { schemaValidation: false })],
    ['with a schema that is not strict about names', defineSchema(strict, { strictTableNameTypes: false })],
  ])('%s a table comes to be when something is inserted', async (_what, schema) => {
    const world = await start(schema);
    expect(valueOf(await world.query('notes:list', { table: 'things' }))).toEqual([]);

    const id = valueOf(await world.mutation('notes:add', { table: 'things', text: 'first' }));
    await world.mutation('notes:add', { table: 'things', text: 'second' });

    expect(typeof id).toBe('string');
    expect(valueOf(await world.query('notes:list', { table: 'things' }))).toEqual(['first', 'second']);
  });

  test('a strict schema has no other tables', async () => {
    const world = await start(defineSchema(strict));

    expect(await world.mutation('notes:add', { table: 'things', text: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'table/not-found' },
    });
    expect(await world.query('notes:list', { table: 'things' })).toMatchObject({ ok: false, error: { code: 'table/not-found' } });
  });

  test('who watches a table that is not there is told of its first document', async () => {
    const world = await start(null);
    const watch = { do: 'query', query: 1, call: world.call('notes:list', { table: 'things' }), pinned: true } as const;
    await world.turn([watch]);
    const { refreshed } = await world.turn([world.mutationOperation('notes:add', { table: 'things', text: 'first' })]);

    expect(refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)])).toEqual([[1, ['first']]]);
  });

  test('who went on watching while the engine slept is told when a table is made, of it and of others', async () => {
    const world = await start(null);
    const watch = (number: number, table: string) =>
      world.turn([{ do: 'query', query: number, call: world.call('notes:list', { table }), pinned: true }]);
    await world.mutation('notes:add', { table: 'old', text: 'there' });
    await watch(1, 'things');
    await watch(2, 'old');
    await world.keep();
    const woken = world.reborn();
    const first = await woken.turn([woken.mutationOperation('notes:add', { table: 'things', text: 'first' })]);
    await woken.keep();
    const again = woken.reborn();
    const second = await again.turn([again.mutationOperation('notes:add', { table: 'old', text: 'more' })]);

    expect([first, second].map(({ refreshed }) => refreshed.map(({ query: number, outcome }) => [number, valueOf(outcome)]))).toEqual([
      [[1, ['first']]],
      [[2, ['there', 'more']]],
    ]);
  });

  test('a function that catches the failure of an insert does not see that the table was not there', async () => {
    const world = await start(null);
    await world.mutation('notes:persistent');

    for (const table of ['a', 'b']) expect(valueOf(await world.query('notes:list', { table }))).toEqual(['in spite of everything']);
  });

  test('names that no table can have are refused, and so is making tables without end', async () => {
    const world = await start(null);

    expect(await world.mutation('notes:add', { table: 'x; drop', text: '' })).toMatchObject({ error: { code: 'schema/bad-table-name' } });
    expect(await world.mutation('notes:add', { table: '_storage', text: '' })).toMatchObject({ error: { code: 'schema/bad-table-name' } });
    await world.mutation('notes:add', { table: 'things', text: '' });
    expect(await world.mutation('notes:add', { table: 'Things', text: '' })).toMatchObject({ error: { code: 'schema/bad-table-name' } });
    expect(await world.mutation('notes:scatter')).toMatchObject({ error: { code: 'schema/too-many-tables' } });
  });

  test('deployments leave them as they are, until a schema does not allow them any more', async () => {
    const store = makeStore();
    const world = await start(null, store);
    const id = valueOf(await world.mutation('notes:add', { table: 'things', text: 'kept' }));

    const next = await start(defineSchema(strict, { strictTableNameTypes: false }), store, 'd2');
    expect(valueOf(await next.query('notes:list', { table: 'things' }))).toEqual(['kept']);
    await expect(start(defineSchema(strict), store, 'd3')).rejects.toThrow('deployment/needs-consent');

    const named = defineSchema({ ...strict, things: defineTable({ text: v.optional(v.string()) }) });
    await expect(start(named, store, 'd4')).rejects.toThrow('deployment/needs-consent');
    const later = await start(null, store, 'd5');
    expect(valueOf(await later.query('notes:list', { table: 'things' }))).toEqual(['kept']);
    expect(typeof id).toBe('string');
  });

  test('a table that leaves such a schema is still there', async () => {
    const store = makeStore();
    await (await start(defineSchema(strict), store)).mutation('notes:add', { table: 'a', text: 'old' });
    const world = await start(null, store, 'd2');
    await world.mutation('notes:add', { table: 'a', text: 'new' });

    expect(valueOf(await world.query('notes:list', { table: 'a' }))).toEqual(['old', 'new']);
  });
});

test('an import makes its tables, and an export has them', async () => {
  const world = await TestEngine.start({ app: { modules: { notes }, schema: null }, store: testStore() });
  const move = async (request: MoveRequest) => (await world.turn([{ do: 'move', request }])).results[0];
  await move({ move: 'begin-import', id: 'i', tables: [{ table: 'things', mode: 'empty' }], isBatched: false });
  await move({ move: 'stage', id: 'i', table: 'things', from: 1, text: '{"text":"imported"}\n' });
  await move({ move: 'finish-import', id: 'i', isTrial: false });

  expect(valueOf(await world.query('notes:list', { table: 'things' }))).toEqual(['imported']);
  expect(await move({ move: 'open-export', id: 'e' })).toMatchObject({
    outcome: { value: { tables: [{ table: 'things', documents: 1 }] } },
  });
  expect(await move({ move: 'read-export', id: 'e', table: 'nothing', after: null })).toMatchObject({ outcome: { value: { text: '' } } });
});

test('scheduled mutations make tables, too', async () => {
  const jobs = {
    later: mutation({
      args: {},
      handler: async (ctx: AnyValue) => await ctx.scheduler.runAfter(0, api.notes.add, { table: 'things', text: 'by a job' }),
    }),
  };
  const t = betterbaseTest(null, { notes, jobs });
  await t.mutation(api.jobs.later);
  await t.finishInProgressScheduledFunctions();

  expect(await t.query(api.notes.list, { table: 'things' })).toEqual(['by a job']);
});
