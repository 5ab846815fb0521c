import {
  defineSchema,
  defineTable,
  mutation,
  paginationOptsValidator,
  query,
  v,
  type PaginationResult,
  type Value,
} from '@betterbase/core';
import { expect, test } from 'vitest';
import { Seeded, seeds } from '../random/seeded.ts';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ items: defineTable({ list: v.string(), rank: v.optional(v.number()) }).index('by_list', ['list', 'rank']) });
const items = {
  page: query({
    args: { list: v.string(), order: v.union(v.literal('asc'), v.literal('desc')), paginationOpts: paginationOptsValidator },
    handler: ({ db }, { list, order, paginationOpts }) =>
      db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', list))
        .order(order)
        .paginate(paginationOpts),
  }),
  even: query({
    args: { paginationOpts: paginationOptsValidator },
    handler: ({ db }, { paginationOpts }) =>
      db
        .query('items')
        .filter((q) => q.eq(q.mod(q.field('rank'), 2), 0))
        .paginate(paginationOpts),
  }),
  two: query({
    args: {},
    handler: async ({ db }) => {
      const first = await db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', 'a'))
        .paginate({ numItems: 2, cursor: null });
      const second = await db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', 'b'))
        .paginate({ numItems: 2, cursor: null });
      return [first.page.length, second.page.length];
    },
  }),
  plain: query({
    args: { cursor: v.nullable(v.string()), numItems: v.number() },
    handler: async ({ db }, { cursor, numItems }) => {
      const { page, isDone, continueCursor } = await db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', 'a'))
        .paginate({ cursor, numItems });
      return { page, isDone, cursor: continueCursor };
    },
  }),
  careful: query({
    args: { paginationOpts: paginationOptsValidator },
    handler: async ({ db }, { paginationOpts }) => {
      const sick = await db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', 'sick'))
        .first();
      if (sick !== null) throw new Error('There is a sick item.');
      return await db
        .query('items')
        .withIndex('by_list', (q) => q.eq('list', 'a'))
        .paginate(paginationOpts);
    },
  }),
  add: mutation({ args: { list: v.string(), rank: v.optional(v.number()) }, handler: ({ db }, item) => db.insert('items', item) }),
  remove: mutation({
    args: { id: v.id('items') },
    handler: async ({ db }, { id }) => {
      await db.delete(id);
    },
  }),
};
const start = () => TestEngine.start({ app: { modules: { items }, schema }, store: testStore() });

type Page = PaginationResult<{ readonly _id: string; readonly rank?: number }>;
const pageOf = (value: Value): Page => value as unknown as Page;
const options = (cursor: string | null, numItems = 3) => ({ list: 'a', order: 'asc', paginationOpts: { numItems, cursor } });

async function filled(count: number): Promise<TestEngine> {
  const engine = await start();
  for (let rank = 0; rank < count; rank++) valueOf(await engine.mutation('items:add', { list: 'a', rank }));
  return engine;
}

test('pages follow each other to the end, in both directions', async () => {
  const engine = await filled(7);
  for (const order of ['asc', 'desc'] as const) {
    const ranks: (number | undefined)[] = [];
    let cursor: string | null = null;
    let pages = 0;
    for (let isDone = false; !isDone; pages++) {
      const page: Page = pageOf(valueOf(await engine.query('items:page', { list: 'a', order, paginationOpts: { numItems: 3, cursor } })));
      ranks.push(...page.page.map(({ rank }) => rank));
      ({ isDone, continueCursor: cursor } = page);
    }

    expect(ranks).toEqual(order === 'asc' ? [0, 1, 2, 3, 4, 5, 6] : [6, 5, 4, 3, 2, 1, 0]);
    expect(pages).toBe(3);
  }
});

test('a filter is looked through until the page is full or enough rows were read', async () => {
  const engine = await filled(10);
  const even = async (paginationOpts: Value) =>
    pageOf(valueOf(await engine.query('items:even', { paginationOpts }))).page.map(({ rank }) => rank);

  expect(await even({ numItems: 3, cursor: null })).toEqual([0, 2, 4]);
  expect(await even({ numItems: 3, cursor: null, maximumRowsRead: 3 })).toEqual([0, 2]);
});

test('missing fields have their place in a cursor', async () => {
  const engine = await start();
  for (const rank of [undefined, undefined, 1])
    valueOf(await engine.mutation('items:add', { list: 'a', ...(rank === undefined ? {} : { rank }) }));

  const first = pageOf(valueOf(await engine.query('items:page', options(null, 1))));
  const second = pageOf(valueOf(await engine.query('items:page', options(first.continueCursor, 5))));

  expect(second.page.map(({ rank }) => rank)).toEqual([undefined, 1]);
  expect(second.page.map(({ _id }) => _id)).not.toContain(first.page[0]?._id);
});

test('a cursor of another listing, or of none, is refused', async () => {
  const engine = await filled(5);
  const first = pageOf(valueOf(await engine.query('items:page', options(null))));

  for (const args of [
    { ...options(first.continueCursor), order: 'desc' },
    { ...options(first.continueCursor), list: 'b' },
    options('nonsense'),
    options('a.b.c'),
  ]) {
    expect(await engine.query('items:page', args)).toMatchObject({ ok: false, error: { code: 'query/bad-cursor' } });
  }
  expect(await engine.query('items:page', options(null, 0))).toMatchObject({ ok: false, error: { code: 'query/bad-page' } });
});

test('several listings in one query are fine', async () => {
  expect(valueOf(await (await filled(3)).query('items:two'))).toEqual([2, 0]);
});

test('a page that has grown to more than twice its size asks to be split, and the halves meet', async () => {
  const engine = await filled(4);
  const call = engine.call('items:page', options(null, 2));
  await engine.turn([{ do: 'query', query: 1, call, pinned: true }]);
  for (const rank of [0.1, 0.2, 0.3]) await engine.mutation('items:add', { list: 'a', rank });

  const { refreshed } = await engine.turn([engine.mutationOperation('items:add', { list: 'a', rank: 0.4 })]);

  const [grown] = refreshed;
  const page = pageOf(valueOf(grown?.outcome ?? { ok: true, value: 'null' }));
  expect(page).toMatchObject({ pageStatus: 'SplitRecommended', isDone: false });
  expect(page.page.map(({ rank }) => rank)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 1]);
  const half = async (cursor: string | null, endCursor: string) =>
    pageOf(
      valueOf(await engine.query('items:page', { ...options(cursor, 2), paginationOpts: { numItems: 2, cursor, endCursor } })),
    ).page.map(({ rank }) => rank);
  const split = page.splitCursor ?? '';
  expect([await half(null, split), await half(split, page.continueCursor)]).toEqual([
    [0, 0.1, 0.2],
    [0.3, 0.4, 1],
  ]);
});

test('a function that declares cursor and numItems is given these, and a page of it ends where it is told to', async () => {
  const engine = await filled(6);
  const read = async (paginationOpts: Value) => {
    const { page, isDone, cursor } = valueOf(await engine.query('items:plain', { paginationOpts })) as unknown as Page & {
      readonly cursor: string;
    };
    return { ranks: page.map(({ rank }) => rank), isDone, cursor };
  };

  const first = await read({ cursor: null, numItems: 4 });
  expect(first).toMatchObject({ ranks: [0, 1, 2, 3], isDone: false });
  expect(await read({ cursor: first.cursor, numItems: 4 })).toMatchObject({ ranks: [4, 5], isDone: true });
  expect(await read({ cursor: null, numItems: 2, endCursor: first.cursor })).toEqual(first);
});

test('a page keeps its end through a run that fails', async () => {
  const engine = await filled(5);
  await engine.turn([
    { do: 'query', query: 1, call: engine.call('items:careful', { paginationOpts: { numItems: 2, cursor: null } }), pinned: true },
  ]);
  const sick = valueOf(await engine.mutation('items:add', { list: 'sick' }));
  await engine.mutation('items:add', { list: 'a', rank: 0.5 });

  const { refreshed } = await engine.turn([engine.mutationOperation('items:remove', { id: sick })]);

  const page = pageOf(valueOf(refreshed[0]?.outcome ?? { ok: true, value: 'null' }));
  expect(page.page.map(({ rank }) => rank)).toEqual([0, 0.5, 1]);
});

test('watched pages stay without gap and overlap, whatever comes and goes', async () => {
  for (const seed of seeds(30)) {
    const random = new Seeded(seed);
    const engine = await start();
    const ids = new Map<string, number>();
    const add = async (): Promise<void> => {
      const rank = random.below(1_000);
      const { results, refreshed } = await engine.turn([engine.mutationOperation('items:add', { list: 'a', rank })]);
      const [result] = results;
      if (result?.do === 'mutation') ids.set(String(valueOf(result.outcome)), rank);
      for (const { query: number, outcome } of refreshed) shown.set(number, pageOf(valueOf(outcome)));
    };
    const remove = async (): Promise<void> => {
      const id = random.pickAny([...ids.keys()]);
      const { refreshed } = await engine.turn([engine.mutationOperation('items:remove', { id })]);
      ids.delete(id);
      for (const { query: number, outcome } of refreshed) shown.set(number, pageOf(valueOf(outcome)));
    };
    const shown = new Map<number, Page>();
    for (let i = 0; i < 20; i++) await add();
    let cursor: string | null = null;
    for (let number = 1; number < 99; number++) {
      const { results } = await engine.turn([
        { do: 'query', query: number, call: engine.call('items:page', options(cursor, 4)), pinned: true },
      ]);
      const [result] = results;
      if (result?.do !== 'query') throw new Error('No page.');
      const page = pageOf(valueOf(result.answer.outcome));
      shown.set(number, page);
      if (page.isDone) break;
      cursor = page.continueCursor;
      if (random.chance(0.5)) await (ids.size > 5 && random.chance(0.5) ? remove() : add());
    }

    for (let i = 0; i < 30; i++) await (ids.size > 5 && random.chance(0.5) ? remove() : add());

    const seen = [...shown.entries()].sort(([a], [b]) => a - b).flatMap(([, { page }]) => page.map(({ _id }) => _id));
    const truth = valueOf(await engine.query('items:page', options(null, 1_000)));
    expect(seen, `seed ${seed}`).toEqual(pageOf(truth).page.map(({ _id }) => _id));
  }
});
