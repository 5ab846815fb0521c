import {
  action,
  type AnyValue,
  createApi,
  defineSchema,
  defineTable,
  httpAction,
  httpRouter,
  internalMutation,
  mutation,
  type ProjectLimits,
  query,
  v,
} from '@betterbase/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const schema = defineSchema({
  things: defineTable({ data: v.any() })
    .searchIndex('by_text', {
      searchField: 'data',
      filterFields: ['data.a', 'data.b', 'data.c', 'data.d', 'data.e', 'data.f', 'data.g', 'data.h', 'data.i'],
    })
    .vectorIndex('by_vector', { vectorField: 'data', dimensions: 2, filterFields: ['data.a'] }),
});
const api: AnyValue = createApi();

const things = {
  add: mutation({ args: { data: v.any() }, handler: async ({ db }, { data }) => await db.insert('things', { data }) }),
  addMany: mutation({
    args: { count: v.number(), data: v.any() },
    handler: async ({ db }, { count, data }) => {
      for (let done = 0; done < count; done++) await db.insert('things', { data });
    },
  }),
  rewrite: mutation({
    args: { times: v.number(), data: v.any() },
    handler: async ({ db }, { times, data }) => {
      const id = await db.insert('things', { data });
      for (let done = 0; done < times; done++) await db.patch(id, { data });
    },
  }),
  all: query({ args: {}, handler: async ({ db }) => (await db.query('things').collect()).length }),
  getMany: query({
    args: { times: v.number() },
    handler: async ({ db }, { times }) => {
      for (let done = 0; done < times; done++) await db.query('things').first();
    },
  }),
  echo: query({ args: { data: v.any() }, handler: (_, { data }) => data }),
  log: query({
    args: { lines: v.number() },
    handler: (_, { lines }) => {
      for (let line = 0; line < lines; line++) console.log(`line ${line}`);
    },
  }),
  schedule: mutation({
    args: { times: v.number(), data: v.any() },
    handler: async ({ scheduler }, { times, data }) => {
      for (let done = 0; done < times; done++) await scheduler.runAfter(1_000, api.things.later, { data });
    },
  }),
  later: internalMutation({ args: { data: v.any() }, handler: () => null }),
  sql: query({
    args: { text: v.string(), params: v.array(v.any()) },
    handler: async ({ db }, { text, params }) => await (db as AnyValue).execute(text, params),
  }),
  search: query({
    args: {},
    handler: async ({ db }) =>
      await (db as AnyValue)
        .query('things')
        .withSearchIndex('by_text', (q: AnyValue) =>
          'abcdefghi'.split('').reduce((built, field) => built.eq(`data.${field}`, 1), q.search('data', 'x')),
        )
        .take(1),
  }),
  vectors: query({
    args: { limit: v.number(), values: v.number() },
    handler: async ({ db }, { limit, values }) =>
      await (db as AnyValue).vectorSearch('things', 'by_vector', {
        vector: [1, 0],
        limit,
        filter: (q: AnyValue) => q.or(...Array.from({ length: values }, (_, value) => q.eq('data.a', value))),
      }),
  }),
  callMany: action({
    args: { times: v.number() },
    handler: async (ctx, { times }) => {
      await Promise.all(Array.from({ length: times }, () => ctx.runQuery(api.things.all, {})));
    },
  }),
};

const http = httpRouter();
http.route({ path: '/echo', method: 'POST', handler: httpAction(async (_, request) => new Response(await request.text())) });
http.route({
  path: '/long',
  method: 'GET',
  handler: httpAction(async () => new Response('x'.repeat(200), { headers: { 'content-length': '200' } })),
});

const start = (transactionLimits: Partial<ProjectLimits>) =>
  betterbaseTest(schema, { things, http: { default: http } }, { transactionLimits });
const text = (length: number) => 'x'.repeat(length);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a call that goes over a limit is refused by the name of that limit', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });
  const wide = (fields: number) => Object.fromEntries(Array.from({ length: fields }, (_, field) => [`f${field}`, 1]));

  test.each<[keyof ProjectLimits, number, string, 'query' | 'mutation', keyof typeof things, object, object]>([
    ['documentsWritten', 3, 'function/writes-too-much', 'mutation', 'addMany', { count: 3, data: 1 }, { count: 4, data: 1 }],
    ['bytesWritten', 1_000, 'limit/bytes-written', 'mutation', 'addMany', { count: 1, data: text(500) }, { count: 2, data: text(500) }],
    ['documentBytes', 500, 'document/too-large', 'mutation', 'add', { data: text(400) }, { data: text(500) }],
    ['arrayLength', 3, 'limit/array-length', 'mutation', 'add', { data: [1, 2, 3] }, { data: { in: [1, 2, 3, 4] } }],
    ['objectFields', 5, 'limit/object-fields', 'mutation', 'add', { data: wide(5) }, { data: wide(6) }],
    ['fieldNameLength', 16, 'limit/field-name', 'mutation', 'add', { data: { [text(16)]: 1 } }, { data: { [text(17)]: 1 } }],
    ['nestingDepth', 4, 'limit/nesting-depth', 'mutation', 'add', { data: nested(3) }, { data: nested(4) }],
    ['argumentBytes', 100, 'arguments/too-large', 'query', 'echo', { data: text(80) }, { data: text(100) }],
    ['ranges', 3, 'limit/database-reads', 'query', 'getMany', { times: 3 }, { times: 4 }],
    ['scheduledFunctions', 2, 'scheduler/too-many', 'mutation', 'schedule', { times: 2, data: 1 }, { times: 3, data: 1 }],
    [
      'scheduledArgumentBytes',
      200,
      'limit/scheduled-bytes',
      'mutation',
      'schedule',
      { times: 1, data: text(100) },
      { times: 2, data: text(100) },
    ],
  ])('%s of %d: %s', async (name, limit, code, kind, path, within, beyond) => {
    const t = start({ [name]: limit });
    const call = (args: object) => (kind === 'query' ? t.query(api.things[path], args) : t.mutation(api.things[path], args));

    await call(within);
    await expect(call(beyond)).rejects.toMatchObject({ code, details: { limit: name, allowed: limit } });
  });

  test('what is measured, what is allowed and what to do is said', async () => {
    const t = start({ documentsRead: 2 });
    await t.mutation(api.things.addMany, { count: 3, data: 1 });

    await expect(t.query(api.things.all)).rejects.toMatchObject({
      code: 'query/reads-too-much',
      message: 'This function reads 3 documents or more; 2 documents are allowed.',
      hint: 'Narrow the range with an index, or take fewer. Or raise `limits.documentsRead` in betterbase.config.ts, up to 200000.',
      details: { limit: 'documentsRead', measured: 3, allowed: 2 },
    });
  });

  test('bytes read are those of the documents, and reading stops before all of them are in memory', async () => {
    const t = start({ bytesRead: 300_000 });
    for (let done = 0; done < 4; done++) await t.mutation(api.things.addMany, { count: 100, data: text(1_000) });
    const error = await t.query(api.things.all).then(
      () => null,
      (refused: unknown) => refused,
    );

    expect(error).toMatchObject({ code: 'limit/bytes-read' });
    expect((error as AnyValue).details.measured).toBeLessThan(310_000);
  });

  test('a document written again and again weighs once', async () => {
    const t = start({ bytesWritten: 1_000 });

    await t.mutation(api.things.rewrite, { times: 50, data: text(500) });
  });

  test('results', async () => {
    await expect(start({ resultBytes: 100 }).query(api.things.echo, { data: text(200) })).rejects.toMatchObject({
      code: 'returns/too-large',
    });
  });

  test('functions that wait', async () => {
    const t = start({ jobsWaiting: 3 });
    await t.mutation(api.things.schedule, { times: 2, data: 1 });

    await expect(t.mutation(api.things.schedule, { times: 2, data: 1 })).rejects.toMatchObject({ code: 'limit/jobs-waiting' });
  });

  test('statements of SQL', async () => {
    const t = start({});

    await expect(t.query(api.things.sql, { text: `SELECT 1 -- ${text(100_000)}`, params: [] })).rejects.toMatchObject({
      code: 'limit/sql-text',
    });
    await expect(
      t.query(api.things.sql, {
        text: `SELECT ${Array.from({ length: 101 }, () => '?').join()}`,
        params: Array.from({ length: 101 }, () => 1),
      }),
    ).rejects.toMatchObject({ code: 'limit/sql-parameters', details: { measured: 101, allowed: 100 } });
  });

  test('filters and results of searches', async () => {
    const t = start({});

    await expect(t.query(api.things.search)).rejects.toMatchObject({ code: 'limit/search-filters' });
    await expect(t.query(api.things.vectors, { limit: 257, values: 1 })).rejects.toMatchObject({ code: 'limit/vector-results' });
    await expect(t.query(api.things.vectors, { limit: 1, values: 65 })).rejects.toMatchObject({ code: 'limit/vector-filters' });
  });

  test('calls that an action has under way', async () => {
    const t = start({ concurrentCalls: 5 });

    await t.action(api.things.callMany, { times: 5 });
    await expect(t.action(api.things.callMany, { times: 6 })).rejects.toMatchObject({ code: 'limit/concurrent-calls' });
  });

  test('bodies of HTTP routes, whether they say their length or not', async () => {
    const t = start({ httpBytes: 100, httpResponseBytes: 150 });
    const post = (body: BodyInit, headers: HeadersInit = {}) => t.fetch('/echo', { method: 'POST', body, headers });
    const stream = new Blob([text(101)]).stream();

    expect(await (await post(text(100))).text()).toBe(text(100));
    await expect(post(text(101), { 'content-length': '101' })).rejects.toMatchObject({ code: 'http/body-too-large' });
    await expect(t.fetch('/echo', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)).rejects.toMatchObject({
      code: 'http/body-too-large',
    });
    await expect(t.fetch('/long')).rejects.toMatchObject({ code: 'limit/response-size' });
  });
});

test('lines of the log beyond the limit are left out, and that is said', async () => {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void said.push(line));
  await start({ logLines: 2 }).query(api.things.log, { lines: 5 });

  expect(said).toEqual(['line 0', 'line 1', 'Only the first 2 lines of a call are kept.']);
});

test('a call that comes within 80 % of a limit says so in its log', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const t = start({ documentsWritten: 10 });
  await t.mutation(api.things.addMany, { count: 7, data: 1 });
  expect(warn).not.toHaveBeenCalled();

  await t.mutation(api.things.addMany, { count: 8, data: 1 });

  expect(warn.mock.calls).toEqual([['8 of 10 documents (80 %): near the limit on documents that one mutation writes (documentsWritten).']]);
});

test('limits that cannot be had are refused', async () => {
  await expect(start({ documentsRead: 10_000_000 }).query(api.things.all)).rejects.toMatchObject({ code: 'config/invalid' });
  await expect(start({ arrayLenght: 5 } as object).query(api.things.all)).rejects.toMatchObject({
    code: 'config/invalid',
    message: expect.stringContaining('arrayLenght is not a limit'),
  });
});
