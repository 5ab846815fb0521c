/** The options of `ctx.runQuery` and `ctx.runMutation`. */
import { type AnyValue, anyApi, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({ items: defineTable({ name: v.string() }) });
const items = {
  count: query({ args: {}, handler: async (ctx) => (await ctx.db.query('items').collect()).length }),
  left: query({ args: {}, handler: async (ctx) => (await ctx.meta.getTransactionMetrics()).documentsRead }),
  add: mutation({
    args: { many: v.number() },
    handler: async (ctx, { many }) => {
      for (let n = 0; n < many; n++) await ctx.db.insert('items', { name: `item ${n}` });
    },
  }),
  later: mutation({ args: {}, handler: async (ctx) => await ctx.scheduler.runAfter(0, api.items.add, { many: 1 }) }),
};
const start = async () => {
  const t = betterbaseTest(schema, { items });
  await t.mutation(api.items.add, { many: 3 });
  return t;
};

test('a query of a mutation sees its writes, and with useStaleSnapshot what was committed before', async () => {
  const t = await start();
  const seen = await t.run(async (ctx) => {
    await ctx.db.insert('items', { name: 'new' });
    const stale = await ctx.runQuery(api.items.count, {}, { useStaleSnapshot: true });
    return [stale, await ctx.runQuery(api.items.count), await ctx.runQuery(api.items.count, {}, { useStaleSnapshot: false })];
  });

  expect(seen).toEqual([3, 4, 4]);
  await expect(t.query(async (ctx: AnyValue) => await ctx.runQuery(api.items.count, {}, { useStaleSnapshot: true }))).rejects.toMatchObject(
    {
      code: 'arguments/invalid',
      message: expect.stringContaining('`useStaleSnapshot` is only supported in mutations'),
    },
  );
});

test('a nested call may use what its limits say beyond what is used, and its caller goes on with its own', async () => {
  const t = await start();
  const seen = await t.run(async (ctx) => {
    await ctx.db.query('items').collect();
    const narrow = await ctx.runQuery(api.items.left, {}, { transactionLimits: { documentsRead: 2 } });
    const refused = await ctx
      .runQuery(api.items.count, {}, { transactionLimits: { documentsRead: 2 } })
      .catch(({ code }: AnyValue) => code);
    const written = await ctx
      .runMutation(api.items.add, { many: 2 }, { transactionLimits: { documentsWritten: 1 } })
      .catch(({ code }: AnyValue) => code);
    const scheduled = await ctx
      .runMutation(api.items.later, {}, { transactionLimits: { functionsScheduled: 0 } })
      .catch(({ code }: AnyValue) => code);
    return { narrow, refused, written, scheduled, count: await ctx.runQuery(api.items.count) };
  });

  expect(seen).toEqual({
    narrow: { used: 3, remaining: 2 },
    refused: 'query/reads-too-much',
    written: 'function/writes-too-much',
    scheduled: 'scheduler/too-many',
    count: 3,
  });
});

test('limits never become wider, and what is no limit is refused', async () => {
  const t = betterbaseTest(schema, { items }, { transactionLimits: { documentsRead: 2 } });
  await t.mutation(api.items.add, { many: 3 });
  const withLimits = (transactionLimits: AnyValue) =>
    t.query(async (ctx) => await ctx.runQuery(api.items.count, {}, { transactionLimits }));

  await expect(withLimits({ documentsRead: 10 })).rejects.toMatchObject({ code: 'query/reads-too-much' });
  await expect(withLimits({ documents: 10 })).rejects.toMatchObject({ code: 'arguments/invalid' });
  await expect(withLimits({ bytesRead: -1 })).rejects.toMatchObject({ code: 'arguments/invalid' });
});
