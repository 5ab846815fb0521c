/** What code written for Convex finds on `ctx`, beyond what the database tests cover. */
import {
  type AnyValue,
  anyApi,
  createFunctionHandle,
  defineSchema,
  defineTable,
  getFunctionName,
  httpAction,
  httpRouter,
  internalMutation,
  isValidator,
  mutation,
  query,
  v,
} from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  items: defineTable({ name: v.string(), at: v.optional(v.commitTs()) })
    .index('by_name', ['name'])
    .index('by_at', ['at']),
});
const items = {
  whoAmI: query({ args: {}, handler: async (ctx) => await ctx.meta.getFunctionMetadata() }),
  add: mutation({
    args: { name: v.string() },
    handler: async (ctx, { name }) => await ctx.db.table('items').insert({ name, at: ctx.db.vars.commitTs }),
  }),
  outer: internalMutation({
    args: { inner: v.string() },
    handler: async (ctx, { inner }) => await ctx.runMutation(inner as AnyValue, { name: 'by handle' }),
  }),
};
const start = () => betterbaseTest(schema, { items });

test('a function knows its name, kind and visibility', async () => {
  expect(await start().query(api.items.whoAmI)).toEqual({ name: 'items:whoAmI', componentPath: '', type: 'query', visibility: 'public' });
});

test('a transaction knows what it has used and what is left', async () => {
  const t = betterbaseTest(schema, { items }, { transactionLimits: { documentsRead: 10, documentsWritten: 5, ranges: 4 } });
  const metrics = await t.run(async (ctx) => {
    const id = await ctx.db.insert('items', { name: 'a' });
    await ctx.db.insert('items', { name: 'b' });
    await ctx.db.query('items').collect();
    await ctx.db.get(id);
    return await ctx.meta.getTransactionMetrics();
  });

  expect(metrics).toEqual({
    bytesRead: { used: 0, remaining: 16 * 1024 * 1024 },
    bytesWritten: { used: 120, remaining: 16 * 1024 * 1024 - 120 },
    databaseQueries: { used: 2, remaining: 2 },
    documentsRead: { used: 0, remaining: 10 },
    documentsWritten: { used: 2, remaining: 3 },
    functionsScheduled: { used: 0, remaining: 1_000 },
    scheduledFunctionArgsBytes: { used: 0, remaining: 16 * 1024 * 1024 },
  });
});

test('an action has no transaction to measure, but a request', async () => {
  const t = start();

  expect(await t.action(async (ctx) => (await ctx.meta.getRequestMetadata()).requestId)).toMatch(/^test-\d+$/);
  await expect(t.action(async (ctx: AnyValue) => await ctx.meta.getTransactionMetrics())).rejects.toMatchObject({
    code: 'function/not-allowed-here',
  });
});

test('a function knows the project, and the job that it is a run of', async () => {
  const jobs = {
    note: internalMutation({
      args: {},
      handler: async (ctx) => {
        const { scheduledFunctionId } = await ctx.meta.getRequestMetadata();
        await ctx.db.insert('items', { name: scheduledFunctionId ?? 'none' });
      },
    }),
  };
  const t = betterbaseTest(schema, { items, jobs });
  const job = await t.run(async (ctx) => await ctx.scheduler.runAfter(0, api.jobs.note, {}));
  await t.finishInProgressScheduledFunctions();

  expect(await t.query(async (ctx) => (await ctx.db.query('items').first())?.name)).toBe(job);
  expect(await t.query(async (ctx) => await ctx.meta.getDeploymentMetadata())).toEqual({ name: 'test', region: null, class: 's256' });
  expect(await t.action(async (ctx) => (await ctx.meta.getDeploymentMetadata()).name)).toBe('test');
});

test('a route knows its request as an action does', async () => {
  const http = httpRouter();
  http.route({
    path: '/who',
    method: 'GET',
    handler: httpAction(async (ctx) => Response.json([await ctx.meta.getFunctionMetadata(), await ctx.meta.getRequestMetadata()])),
  });
  const answer = await betterbaseTest(schema, { items, http: { default: http } }).fetch('/who', { headers: { 'user-agent': 'me' } });

  expect(await answer.json()).toEqual([
    { name: 'http:default', componentPath: '', type: 'action', visibility: 'public' },
    { requestId: expect.stringMatching(/^test-/), ip: null, userAgent: 'me', scheduledFunctionId: null, authToken: null },
  ]);
});

test('web cryptography works in queries and mutations, however long it takes', async () => {
  const seen = await start().run(async (ctx) => {
    const text = new TextEncoder().encode('signed');
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, privateKey, text);
    await ctx.db.insert('items', { name: 'in between' });
    return [digest[0], await crypto.subtle.verify(algorithm, publicKey, signature, text), await ctx.db.query('items').count()];
  });

  expect(seen).toEqual([expect.any(Number), true, 1]);
  await expect(start().query(async () => await new Promise(() => undefined))).rejects.toMatchObject({ code: 'function/never-finished' });
});

test('db.table(name) reads and writes one table', async () => {
  const t = start();
  const seen = await t.run(async (ctx) => {
    const table = ctx.db.table('items');
    const id = await table.insert({ name: 'a' });
    await table.patch(id, { name: 'b' });
    const patched = (await table.get(id))?.name;
    await table.replace(id, { name: 'c' });
    const all = (await table.query().collect()).map(({ name }) => name);
    await table.delete(id);
    return [patched, all, await table.get(id)];
  });

  expect(seen).toEqual(['b', ['c'], null]);
  await expect(t.query(async (ctx) => 'insert' in ctx.db.table('items'))).resolves.toBe(false);
  await expect(t.query(async (ctx: AnyValue) => await ctx.db.table('nothing').query().collect())).rejects.toMatchObject({
    code: 'table/not-found',
  });
});

test('commit timestamps are the same within a mutation and grow from one to the next', async () => {
  const t = start();
  const pairs = [];
  for (let i = 0; i < 3; i++) pairs.push(await t.run(async (ctx) => [ctx.db.vars.commitTs, ctx.db.vars.commitTs] as const));
  await t.mutation(api.items.add, { name: 'later' });
  const stored = await t.query(async (ctx) => (await ctx.db.query('items').withIndex('by_at').collect()).map(({ at }) => at));

  expect(pairs.every(([one, other]) => one === other && typeof one === 'bigint')).toBe(true);
  const all = [...pairs.map(([one]) => one), stored[0] ?? 0n];
  expect(all.every((each, i) => i === 0 || each > (all[i - 1] ?? each))).toBe(true);
});

test('a function handle is text that is called like a reference', async () => {
  const handle = await createFunctionHandle(api.items.add);

  expect([handle, getFunctionName(handle)]).toEqual(['function://items:add', 'items:add']);
  const t = start();
  await t.mutation(api.items.outer, { inner: handle });
  expect(await t.query(async (ctx) => (await ctx.db.query('items').first())?.name)).toBe('by handle');
});

test('a range may go on to _id, behind everything that the index has', async () => {
  const t = start();
  const [a, b] = await t.run(async (ctx) => [await ctx.db.insert('items', { name: 'x' }), await ctx.db.insert('items', { name: 'x' })]);
  const found = await t.query(async (ctx) => {
    const first = a === undefined ? null : await ctx.db.get(a);
    if (first === null) return null;
    const at = (range: AnyValue) =>
      ctx.db
        .query('items')
        .withIndex('by_name', (q: AnyValue) => range(q.eq('name', 'x').eq('_creationTime', first._creationTime)))
        .collect();
    const counts = [
      await at((q: AnyValue) => q.eq('_id', a)),
      await at((q: AnyValue) => q.eq('_id', b)),
      await at((q: AnyValue) => q.gt('_id', a)),
      await at((q: AnyValue) => q.gte('_id', a).lte('_id', a)),
    ];
    return counts.map(({ length }) => length);
  });

  expect(found).toEqual([1, 0, 0, 1]);
  await expect(
    t.query(
      async (ctx) =>
        await ctx.db
          .query('items')
          .withIndex('by_name', (q: AnyValue) => q.eq('_id', a))
          .collect(),
    ),
  ).rejects.toMatchObject({ code: 'query/bad-range' });
});

test('_createdAt is another word for _creationTime wherever a query names a field', async () => {
  const t = start();
  const seen = await t.run(async (ctx) => {
    await ctx.db.insert('items', { name: 'a' });
    const { _creationTime: at } = (await ctx.db.query('items').first()) ?? { _creationTime: 0 };
    const counts = [
      await ctx.db.query('items').filter('_createdAt', 'gte', at).count(),
      await ctx.db
        .query('items')
        .filter((q: AnyValue) => q.gt(q.field('_createdAt'), at))
        .count(),
      await ctx.db
        .query('items')
        .withIndex('by_creation_time', (q: AnyValue) => q.eq('_createdAt', at))
        .count(),
      await ctx.db
        .query('items')
        .withIndex('by_name', (q: AnyValue) => q.eq('name', 'a').gt('_createdAt', at))
        .count(),
    ];
    return [...counts, (await ctx.db.query('items').order('desc', '_createdAt').collect()).length];
  });

  expect(seen).toEqual([1, 0, 1, 0, 1]);
  await expect(t.query(async (ctx: AnyValue) => await ctx.db.query('items').filter('_updatedAt', 'gt', 0).count())).rejects.toMatchObject({
    code: 'query/bad-range',
  });
});

test('a schema gives the validators of its documents and ids', () => {
  const document = schema.doc('items');

  expect(document.json).toMatchObject({
    value: { _id: { fieldType: { type: 'id', tableName: 'items' } }, _creationTime: {}, name: {}, at: { optional: true } },
  });
  expect(isValidator(schema.id('items'))).toBe(true);
  expect(() => schema.doc('nothing' as 'items')).toThrow('There is no table `nothing`');
});

test('without schema validation documents are what they are, and indexes still find them', async () => {
  const loose = defineSchema(
    { a: defineTable({ x: v.string() }).index('by_x', ['x']) },
    { schemaValidation: false, strictTableNameTypes: false },
  );
  const t = betterbaseTest(loose, {});
  await t.run(async (ctx: AnyValue) => {
    await ctx.db.insert('a', { x: 5, more: [true] });
    await ctx.db.insert('a', { y: 1 });
  });

  expect(
    await t.query(async (ctx: AnyValue) =>
      (
        await ctx.db
          .query('a')
          .withIndex('by_x', (q: AnyValue) => q.gte('x', 1))
          .collect()
      ).map(({ more }: AnyValue) => more),
    ),
  ).toEqual([[true]]);
});
