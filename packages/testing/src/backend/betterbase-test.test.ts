import {
  action,
  type AnyValue,
  anyApi,
  AppError,
  defineSchema,
  defineTable,
  httpAction,
  httpRouter,
  internalMutation,
  mutation,
  query,
  v,
} from '@betterbase/core';
import { afterEach, expect, test, vi } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  notes: defineTable({ text: v.string(), owner: v.optional(v.string()), at: v.optional(v.number()) }).index('by_owner', ['owner']),
});

const notes = {
  list: query({ args: {}, handler: async (ctx) => (await ctx.db.query('notes').collect()).map((each) => String(each.text)) }),
  mine: query({
    args: {},
    handler: async (ctx) => {
      const user = await ctx.auth.getUserIdentity();
      if (user === null) return null;
      return (
        await ctx.db
          .query('notes')
          .withIndex('by_owner', (q) => q.eq('owner', user.subject))
          .collect()
      ).length;
    },
  }),
  add: mutation({
    args: { text: v.string() },
    handler: async (ctx, { text }) => {
      if (text === '') throw new AppError({ code: 'empty' });
      return await ctx.db.insert('notes', { text, owner: ctx.auth.userId ?? undefined, at: Date.now() });
    },
  }),
  hidden: internalMutation({ args: {}, handler: async (ctx) => await ctx.db.insert('notes', { text: 'hidden' }) }),
  failsHalfWay: mutation({
    args: {},
    handler: async (ctx) => {
      await ctx.db.insert('notes', { text: 'half' });
      throw new Error('no more');
    },
  }),
  calls: query({ args: {}, handler: async () => await fetch('https://example.com') }),
  import: action({
    args: { texts: v.array(v.string()) },
    handler: async (ctx, { texts }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const text of texts) await ctx.runMutation(api.notes.add, { text });
      return await ctx.runQuery(api.notes.list);
    },
  }),
};

const http = httpRouter();
http.route({
  path: '/notes',
  method: 'POST',
  handler: httpAction(async (ctx, request) =>
    Response.json({ id: await ctx.runMutation(api.notes.add, { text: await request.text() }) }, { status: 201 }),
  ),
});

const modules = {
  './notes.ts': async () => notes,
  './http.ts': async () => ({ default: http }),
  './notes.test.ts': () => Promise.reject(new Error('loaded')),
};
const start = () => betterbaseTest(schema, modules);

afterEach(() => {
  vi.useRealTimers();
});

test('a mutation writes, a query reads, and each backend has data of its own', async () => {
  const t = start();
  await t.mutation(api.notes.add, { text: 'one' });

  expect(await t.query(api.notes.list)).toEqual(['one']);
  expect(await start().query(api.notes.list)).toEqual([]);
});

test('arguments are checked, app errors arrive with their data, and a mutation that throws leaves nothing behind', async () => {
  const t = start();

  await expect(t.mutation(api.notes.add, { text: 5 })).rejects.toMatchObject({ code: 'arguments/invalid' });
  await expect(t.mutation(api.notes.add, { text: '' })).rejects.toMatchObject({ data: { code: 'empty' } });
  await expect(t.mutation(api.notes.failsHalfWay)).rejects.toThrow('no more');
  expect(await t.query(api.notes.list)).toEqual([]);
});

test('functions can be written on the spot, each with the ctx of its kind', async () => {
  const t = start();
  const id = await t.run(async (ctx) => await ctx.db.insert('notes', { text: 'on the spot' }));

  expect(await t.query(async (ctx) => (await ctx.db.get(id))?.text)).toBe('on the spot');
  expect(await t.action(async (ctx) => ('db' in ctx ? 'has a database' : await ctx.runQuery(api.notes.list)))).toEqual(['on the spot']);
  await expect(t.query(async (ctx) => 'insert' in ctx.db)).resolves.toBe(false);
});

test('what a function written on the spot writes before it throws is taken back', async () => {
  const t = start();

  await expect(
    t.run(async (ctx) => {
      await ctx.db.insert('notes', { text: 'gone' });
      throw new AppError('stop');
    }),
  ).rejects.toMatchObject({ data: 'stop' });
  expect(await t.query(api.notes.list)).toEqual([]);
});

test('internal functions are called like the others', async () => {
  const t = start();
  await t.mutation(api.notes.hidden);

  expect(await t.query(api.notes.list)).toEqual(['hidden']);
});

test('an identity goes through actions into what they call, and only there', async () => {
  const t = start();
  const ann = t.withIdentity({ name: 'Ann', subject: 'ann' });
  await ann.action(api.notes.import, { texts: ['a', 'b'] });
  await t.mutation(api.notes.add, { text: 'nobody' });

  expect(await ann.query(api.notes.mine)).toBe(2);
  expect(await t.withIdentity({ name: 'Ben' }).query(api.notes.mine)).toBe(0);
  expect(await t.query(api.notes.mine)).toBeNull();
});

test('a user who is described the same way twice is the same user', async () => {
  const t = start();
  const who = () => t.withIdentity({ name: 'Cid' }).query(async (ctx) => (await ctx.auth.getUserIdentity())?.tokenIdentifier);

  expect(await who()).toBe(await who());
  expect(await who()).toContain('https://test.betterbase.local|');
});

test('routes answer requests, and what has no route is not found', async () => {
  const t = start();
  const created = await t.fetch('/notes', { method: 'POST', body: 'by http' });

  expect(created.status).toBe(201);
  expect(await t.query(api.notes.list)).toEqual(['by http']);
  const missing = await t.fetch('/nothing');
  expect([missing.status, await missing.text()]).toEqual([404, 'No HttpAction routed for /nothing']);
});

test('the network is closed to queries and open to the test around them', async () => {
  const t = start();

  await expect(t.query(api.notes.calls)).rejects.toMatchObject({ code: 'function/not-allowed-here' });
  expect(await t.action(async () => typeof (await fetch('data:text/plain,hello')))).toBe('object');
});

test('the clock stands still in a mutation', async () => {
  const t = start();
  const [before, after] = await t.run(async (ctx) => {
    const first = Date.now();
    for (let i = 0; i < 2_000; i++) await ctx.db.insert('notes', { text: 'x' });
    return [first, Date.now()];
  });

  expect(after).toBe(before);
});

test('faked time is the backend’s time, and faked timers do not stop it', async () => {
  vi.useFakeTimers({ now: new Date('2030-01-02T03:04:05Z') });
  const t = start();
  await t.mutation(api.notes.add, { text: 'then' });
  vi.advanceTimersByTime(60_000);
  await t.mutation(api.notes.add, { text: 'later' });

  const times = await t.query(async (ctx) => (await ctx.db.query('notes').collect()).map(({ at, _creationTime }) => [at, _creationTime]));
  const first = Date.parse('2030-01-02T03:04:05Z');
  expect(times).toEqual([
    [first, first],
    [first + 60_000, first + 60_000],
  ]);
});

test('limits can be set low, to see what happens at them', async () => {
  const t = betterbaseTest(schema, modules, { transactionLimits: { documentsWritten: 1 } });

  await expect(
    t.run(async (ctx) => {
      await ctx.db.insert('notes', { text: 'one' });
      await ctx.db.insert('notes', { text: 'two' });
    }),
  ).rejects.toMatchObject({ code: 'function/writes-too-much' });
});

test('what functions print is printed', async () => {
  const printed = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const t = start();
  await t.query(async () => {
    console.warn('careful', 5);
  });

  expect(printed.mock.calls).toEqual([['careful 5']]);
});

test.each([
  ['globbed beside a _generated folder', { '../backend/_generated/api.js': {}, '../backend/a/notes.ts': notes }],
  ['globbed from a folder called convex', { '/src/convex/a/notes.ts': notes }],
  ['by module path', { 'a/notes': notes }],
])('modules are found: %s', async (_how, given) => {
  const t = betterbaseTest(schema, given);

  expect(await t.query(api.a.notes.list)).toEqual([]);
});

test('a schema that is none is refused with the first call', async () => {
  await expect(betterbaseTest({ tables: {} }, {}).query(async () => 1)).rejects.toMatchObject({ code: 'schema/invalid' });
});
