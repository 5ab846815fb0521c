/** `ctx.db.execute` of readers. */
import { type AnyValue, anyApi, defineSchema, defineTable, internalMutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { MemoryStore } from '@betterbase/providers';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  sales: defineTable({ shop: v.string(), amount: v.number(), done: v.boolean(), tags: v.array(v.string()) }).index('by_shop', ['shop']),
  shops: defineTable({ name: v.string() }).searchIndex('names', { searchField: 'name' }),
});
const sales = {
  sell: internalMutation({
    args: { shop: v.string(), amount: v.number() },
    handler: async (ctx, { shop, amount }) => await ctx.db.insert('sales', { shop, amount, done: amount > 5, tags: ['a'] }),
  }),
  open: internalMutation({ args: {}, handler: async (ctx) => await ctx.db.insert('shops', { name: 'corner' }) }),
  byShop: query({
    args: {},
    handler: async (ctx) => [...(await ctx.db.execute('SELECT shop, sum(amount) AS total FROM sales GROUP BY shop ORDER BY shop'))],
  }),
  names: query({ args: {}, handler: async (ctx) => [...(await ctx.db.execute('SELECT count(*) AS n FROM shops'))] }),
};
const start = async () => {
  const t = betterbaseTest(schema, { sales });
  for (const [shop, amount] of [
    ['a', 2],
    ['b', 10],
    ['a', 3],
  ] as const)
    await t.mutation(api.sales.sell, { shop, amount });
  return { t, select: (sql: string, params?: AnyValue) => t.query(async (ctx) => await ctx.db.execute(sql, params)) };
};

test('a SELECT may group, join and take parameters', async () => {
  const { t, select } = await start();

  expect(await t.query(api.sales.byShop)).toEqual([
    { shop: 'a', total: 5 },
    { shop: 'b', total: 10 },
  ]);
  expect(await select('SELECT amount, done FROM sales WHERE shop = ? AND amount > ?', ['a', 2])).toEqual([{ amount: 3, done: 0 }]);
  expect(await select('SELECT count(*) AS n FROM sales WHERE done = ?', [true])).toEqual([{ n: 1 }]);
  expect(
    await select("WITH t AS (SELECT shop FROM sales) SELECT DISTINCT shop || ';' AS name FROM t -- a comment; with a semicolon\n;"),
  ).toHaveLength(2);
  expect(await select('SELECT tags ->> 0 AS first, 7 - 2 AS five, 8/2 AS four FROM sales LIMIT 1')).toEqual([
    { first: 'a', five: 5, four: 4 },
  ]);
  expect(await select('SELECT shop, value FROM sales, json_each(tags) WHERE amount = 10')).toEqual([{ shop: 'b', value: 'a' }]);
});

test.each([
  ['DELETE FROM sales', 'it writes, and a query only reads'],
  ['SELECT * FROM pragma_table_list', 'a table that is not in the schema'],
  ['SELECT * FROM "_bb_search.shops.names"', 'a table that is not in the schema'],
  ['SELECT * FROM _scheduled_functions', 'a table that is not in the schema'],
  ['WITH x AS (SELECT 1) DELETE FROM sales', 'it writes'],
  ['WITH x AS (SELECT 1) INSERT INTO shops (_id, name) SELECT 1, 2', 'it writes'],
  ['SELECT 1; DELETE FROM sales', 'more than one statement'],
  ["SELECT ';'; DELETE FROM sales", 'more than one statement'],
  ["SELECT 1 /* ; */ -- '\n; DELETE FROM sales", 'more than one statement'],
  ["SELECT 'a''; DELETE FROM sales", 'a quote in it is not closed'],
  ["SELECT $a(') ; DELETE FROM sales; SELECT $b(')", 'a parameter in it has a name'],
  ['PRAGMA table_info(sales)', 'does not begin with SELECT'],
  ['QUERY PLAN SELECT 1', 'does not begin with SELECT'],
  ['SELECT * FROM sqlite_master', 'a table that is not in the schema'],
  ['SELECT changes() AS n', 'it calls changes'],
  ['SELECT missing FROM sales', 'no such column: missing'],
  ['SELECT FROM', 'syntax error'],
])('refuses %s', async (sql, message) => {
  const { t, select } = await start();

  await expect(select(sql)).rejects.toMatchObject({ code: 'query/bad-sql', message: expect.stringContaining(message) });
  expect(await t.query(async (ctx) => await ctx.db.query('sales').count())).toBe(3);
});

test('tables of the platform cannot be read', async () => {
  const { select } = await start();

  for (const table of ['_bb_outcomes', '_bb_meta', 'sqlite_schema'])
    await expect(select(`SELECT * FROM "${table}"`)).rejects.toMatchObject({ message: expect.stringContaining('not in the schema') });
});

test('parameters that SQL has no word for are refused', async () => {
  const { select } = await start();

  await expect(select('SELECT ? AS x', [1n])).rejects.toMatchObject({
    code: 'query/bad-sql',
    message: expect.stringContaining('parameter 1 is a bigint'),
  });
  await expect(select('SELECT ? AS x', 'no array')).rejects.toMatchObject({ code: 'query/bad-sql' });
});

test('in a mutation SQL sees what it has written', async () => {
  const { t } = await start();

  const totals = await t.run(async (ctx: AnyValue) => {
    await ctx.db.insert('sales', { shop: 'x', amount: 1, done: true, tags: [] });
    const gone = await ctx.db
      .query('sales')
      .withIndex('by_shop', (q: AnyValue) => q.eq('shop', 'b'))
      .unique();
    await ctx.db.delete(gone._id);
    return await ctx.db.execute('SELECT shop, sum(amount) AS total FROM sales GROUP BY shop');
  });

  expect(totals).toEqual([
    { shop: 'a', total: 5 },
    { shop: 'x', total: 1 },
  ]);
});

test('columns that share a name are told apart when rows are asked for', async () => {
  const { t } = await start();

  expect(
    await t.query(
      async (ctx: AnyValue) =>
        await ctx.db.executeRows("SELECT one.amount, two.amount FROM sales one, sales two WHERE one.shop = 'b' AND two.amount = 2"),
    ),
  ).toEqual({ columns: ['amount', 'amount'], rows: [[10, 2]] });
});

test('whoever watches hears of every change in the tables that the statement reads, and of no other', async () => {
  const engine = await TestEngine.start({ app: { modules: { sales }, schema }, store: testStore() });
  const mutate = async (path: string, args = {}) => {
    const operation = engine.mutationOperation(path, args);
    return await engine.turn([operation.do === 'mutation' ? { ...operation, call: { ...operation.call, reach: 'any' } } : operation]);
  };
  await engine.turn([
    { do: 'query', query: 1, call: engine.call('sales:byShop'), pinned: true },
    { do: 'query', query: 2, call: engine.call('sales:names'), pinned: true },
  ]);

  const sold = await mutate('sales:sell', { shop: 'z', amount: 7 });
  const opened = await mutate('sales:open');

  expect(sold.refreshed.map(({ query, outcome }) => [query, valueOf(outcome)])).toEqual([[1, [{ shop: 'z', total: 7 }]]]);
  expect(opened.refreshed.map(({ query, outcome }) => [query, valueOf(outcome)])).toEqual([[2, [{ n: 1 }]]]);
});

test('a statement that asks for the time makes the answer one that ages', async () => {
  const clock = query({ args: {}, handler: async (ctx) => [...(await ctx.db.execute("SELECT datetime('now') AS t"))] });
  const engine = await TestEngine.start({ app: { modules: { sales: { ...sales, clock } }, schema }, store: testStore() });
  const { results } = await engine.turn([
    { do: 'query', query: 1, call: engine.call('sales:clock'), pinned: false },
    { do: 'query', query: 2, call: engine.call('sales:byShop'), pinned: false },
  ]);

  expect(results.map((result) => result.do === 'query' && result.answer.readClock)).toEqual([true, false]);
});

test('a store without SQL says so', async () => {
  const engine = await TestEngine.start({ app: { modules: { sales }, schema }, store: new MemoryStore() });

  expect(await engine.query('sales:byShop')).toMatchObject({ ok: false, error: { code: 'query/bad-sql' } });
});
