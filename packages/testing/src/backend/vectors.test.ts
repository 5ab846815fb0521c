import { action, type AnyValue, anyApi, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { TestEngine } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  songs: defineTable({ name: v.string(), genre: v.optional(v.string()), embedding: v.vector(2) }).vectorIndex('by_embedding', {
    vectorField: 'embedding',
    dimensions: 2,
    filterFields: ['genre'],
  }),
});
const question = { vector: v.any(), limit: v.optional(v.number()), genres: v.optional(v.array(v.nullable(v.string()))) };
const optionsOf = ({ vector, limit, genres }: AnyValue): AnyValue => ({
  vector,
  limit,
  ...(genres === undefined
    ? {}
    : { filter: (q: AnyValue) => q.or(...genres.map((genre: string | null) => q.eq('genre', genre ?? undefined))) }),
});
const songs = {
  add: mutation({
    args: { name: v.string(), genre: v.optional(v.string()), embedding: v.array(v.number()) },
    handler: ({ db }, song) => db.insert('songs', song),
  }),
  inAction: action({ args: question, handler: (ctx, args) => ctx.vectorSearch('songs', 'by_embedding', optionsOf(args)) }),
  inQuery: query({ args: question, handler: ({ db }, args) => db.vectorSearch('songs', 'by_embedding', optionsOf(args)) }),
  similar: query({
    args: { vector: v.array(v.number()), options: v.any() },
    handler: ({ db }, { vector, options }) => db.similarity('songs', vector, options),
  }),
  names: query({
    args: { vector: v.array(v.number()) },
    handler: async ({ db }, { vector }) => (await db.similarity('songs', vector)).map(({ name, distance }) => [name, distance]),
  }),
  addAndFind: mutation({
    args: {},
    handler: async ({ db }) => {
      await db.insert('songs', { name: 'new', embedding: [3, 0] });
      return (await db.similarity('songs', [1, 0], { metric: 'inner_product', topK: 1 })).map(({ name }) => name);
    },
  }),
  wrongIndex: action({ args: {}, handler: (ctx) => (ctx as AnyValue).vectorSearch('songs', 'by_name', { vector: [1, 0] }) }),
  wrongField: action({
    args: {},
    handler: (ctx) =>
      (ctx as AnyValue).vectorSearch('songs', 'by_embedding', { vector: [1, 0], filter: (q: AnyValue) => q.eq('name', 'x') }),
  }),
  wrongFilter: action({
    args: {},
    handler: (ctx) => (ctx as AnyValue).vectorSearch('songs', 'by_embedding', { vector: [1, 0], filter: () => true }),
  }),
};

async function filled() {
  const t = betterbaseTest(schema, { songs });
  const ids: string[] = [];
  for (const song of [
    { name: 'east', genre: 'jazz', embedding: [1, 0] },
    { name: 'north', genre: 'pop', embedding: [0, 1] },
    { name: 'between', embedding: [1, 1] },
  ])
    ids.push(await t.mutation(api.songs.add, song));
  return { t, ids };
}

test('an action and a query find the nearest by a vector index, filtered', async () => {
  const { t, ids } = await filled();
  const [east, north, between] = ids;

  for (const search of [(args: AnyValue) => t.action(api.songs.inAction, args), (args: AnyValue) => t.query(api.songs.inQuery, args)]) {
    expect(await search({ vector: [1, 0] })).toEqual([
      { _id: east, _score: 1 },
      { _id: between, _score: expect.closeTo(Math.SQRT1_2, 7) },
      { _id: north, _score: 0 },
    ]);
    expect(await search({ vector: [1, 0], genres: ['pop'] })).toMatchObject([{ _id: north }]);
    expect(await search({ vector: [1, 0], limit: 1, genres: [null, 'pop'] })).toMatchObject([{ _id: between }]);
  }
});

test('similarity gives documents with their distance, up to a threshold', async () => {
  const { t } = await filled();
  const similar = (options: AnyValue) => t.query(api.songs.similar, { vector: [1, 0], options });

  expect(await similar({ topK: 2 })).toMatchObject([
    { name: 'east', distance: 0 },
    { name: 'between', distance: expect.closeTo(1 - Math.SQRT1_2, 7) },
  ]);
  expect(await similar({ threshold: 0.5 })).toHaveLength(2);
  expect(await similar({ metric: 'euclidean', threshold: 1 })).toMatchObject([
    { name: 'east', distance: 0 },
    { name: 'between', distance: 1 },
  ]);
  expect(await similar({ metric: 'inner_product', column: 'embedding', topK: 1 })).toMatchObject([{ name: 'between', distance: -1 }]);
});

test("a mutation's search compares its own writes", async () => {
  const { t } = await filled();

  expect(await t.mutation(api.songs.addAndFind, {})).toEqual(['new']);
});

test('a vector search that cannot be right is refused', async () => {
  const { t } = await filled();
  const refused = (code: string) => ({ code });

  await expect(t.action(api.songs.inAction, { vector: [1] })).rejects.toMatchObject(refused('query/bad-vector'));
  await expect(t.action(api.songs.inAction, { vector: 'x' })).rejects.toMatchObject(refused('query/bad-vector'));
  await expect(t.action(api.songs.inAction, { vector: [1, 0], limit: 257 })).rejects.toMatchObject(refused('limit/vector-results'));
  await expect(t.action(api.songs.wrongIndex, {})).rejects.toMatchObject(refused('index/not-found'));
  await expect(t.action(api.songs.wrongField, {})).rejects.toMatchObject(refused('query/bad-vector'));
  await expect(t.action(api.songs.wrongFilter, {})).rejects.toMatchObject(refused('query/bad-vector'));
  await expect(t.query(api.songs.similar, { vector: [1, 0], options: { column: 'name' } })).rejects.toMatchObject(
    refused('query/bad-vector'),
  );
  await expect(t.query(api.songs.similar, { vector: [1, 0], options: { metric: 'manhattan' } })).rejects.toMatchObject(
    refused('query/bad-vector'),
  );
});

test('what actions ask of the engine cannot be asked from outside', async () => {
  const engine = await TestEngine.start({ app: { modules: { songs }, schema }, store: testStore() });

  const outcome = await engine.query('_system/vectors:search', {
    table: 'songs',
    index: 'by_embedding',
    vector: [1, 0],
    limit: 1,
    anyOf: [],
  });

  expect(outcome).toMatchObject({ ok: false, error: { code: 'function/not-found' } });
});
