import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = `
import { action, defineSchema, defineTable, mutation, query, v } from './runtime.js';

export const schema = defineSchema({
  songs: defineTable({ title: v.string(), genre: v.string(), embedding: v.vector(2) })
    .searchIndex('by_title', { searchField: 'title', filterFields: ['genre'] })
    .vectorIndex('by_embedding', { vectorField: 'embedding', dimensions: 2, filterFields: ['genre'] })
    .index('by_genre', { fields: ['genre'], counted: true }),
});
export const http = null;
const add = mutation({ args: { title: v.string(), genre: v.string(), embedding: v.array(v.number()) }, handler: ({ db }, song) => db.insert('songs', song) });
const search = query({ args: { words: v.string() }, handler: async ({ db }, { words }) => (await db.search('songs', words)).map((song) => song.title) });
const count = query({ args: {}, handler: async ({ db }) => [await db.query('songs').count(), await db.query('songs').withIndex('by_genre', (q) => q.eq('genre', 'jazz')).count()] });
const alike = action({
  args: { vector: v.array(v.number()) },
  handler: async (ctx, { vector }) => (await ctx.vectorSearch('songs', 'by_embedding', { vector, filter: (q) => q.eq('genre', 'jazz') })).map(({ _score }) => _score),
});
export const modules = { songs: { add, search, count, alike } };
`;

describe.each(['loader', 'static'] as const)('with the engine from the %s', (host) => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform({ host, app });
    if (host === 'loader') await platform.deploy('app', app);
  });
  afterAll(() => platform.stop());

  const call = async (kind: string, name: string, args: unknown = {}): Promise<unknown> =>
    (await platform.post(`/p/app/api/${kind}`, { path: `songs:${name}`, args })).body.value;

  test('text is searched, vectors are compared by actions, documents are counted', async () => {
    await call('mutation', 'add', { title: 'Blue in green', genre: 'jazz', embedding: [1, 0] });
    await call('mutation', 'add', { title: 'Green light', genre: 'pop', embedding: [0, 1] });

    expect(await call('query', 'search', { words: 'blue gre' })).toEqual(['Blue in green', 'Green light']);
    expect(await call('action', 'alike', { vector: [1, 0] })).toEqual([1]);
    expect(await call('query', 'count')).toEqual([2, 1]);
  });

  test('what actions ask of the engine is not there for strangers', async () => {
    const args = { table: 'songs', index: 'by_embedding', vector: [1, 0], limit: 1, anyOf: [] };

    expect(await platform.post('/p/app/api/query', { path: '_system/vectors:search', args })).toMatchObject({
      status: 404,
      body: { code: 'function/not-found' },
    });
  });
});
