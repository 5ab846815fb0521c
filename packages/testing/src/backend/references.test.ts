import { type AnyValue, anyApi, defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  users: defineTable({ name: v.string(), friend: v.optional(v.id('users', { onDelete: 'cascade' })) }),
  posts: defineTable({ author: v.id('users', { onDelete: 'cascade' }) }).index('by_author', ['author']),
  comments: defineTable({ post: v.id('posts', { onDelete: 'cascade' }), by: v.nullable(v.id('users', { onDelete: 'setNull' })) }),
  drafts: defineTable({ by: v.optional(v.id('users', { onDelete: 'setNull' })) }),
  invoices: defineTable({ of: v.id('users', { onDelete: 'restrict' }) }),
  loose: defineTable({ user: v.id('users') }),
});
const data = {
  add: mutation({
    args: { table: v.string(), fields: v.any() },
    handler: ({ db }, { table, fields }) => (db as AnyValue).insert(table, fields),
  }),
  patch: mutation({ args: { id: v.string(), fields: v.any() }, handler: ({ db }, { id, fields }) => (db as AnyValue).patch(id, fields) }),
  remove: mutation({ args: { id: v.string() }, handler: ({ db }, { id }) => (db as AnyValue).delete(id) }),
  tryToRemove: mutation({
    args: { id: v.string() },
    handler: async ({ db }, { id }) =>
      await (db as AnyValue).delete(id).then(
        () => 'gone',
        () => 'refused',
      ),
  }),
  all: query({ args: { table: v.string() }, handler: ({ db }, { table }) => (db as AnyValue).query(table).collect() }),
};

function start() {
  const t = betterbaseTest(schema, { data });
  const add = async (table: string, fields: AnyValue): Promise<string> => await t.mutation(api.data.add, { table, fields });
  const all = async (table: string): Promise<AnyValue[]> => await t.query(api.data.all, { table });
  return { t, add, all };
}

test('deleting takes along what cascades, through several tables, and leaves null or nothing where it is set so', async () => {
  const { t, add, all } = start();
  const [ada, bob] = [await add('users', { name: 'ada' }), await add('users', { name: 'bob' })];
  const [adas, bobs] = [await add('posts', { author: ada }), await add('posts', { author: bob })];
  await add('comments', { post: adas, by: bob });
  const byAda = await add('comments', { post: bobs, by: ada });
  const draft = await add('drafts', { by: ada });

  await t.mutation(api.data.remove, { id: ada });

  expect((await all('posts')).map(({ _id }) => _id)).toEqual([bobs]);
  expect(await all('comments')).toMatchObject([{ _id: byAda, by: null }]);
  const [kept] = await all('drafts');
  expect(kept).toEqual({ _id: draft, _creationTime: expect.any(Number) });
});

test('a restricted deletion is refused and changes nothing, also if the mutation goes on', async () => {
  const { t, add, all } = start();
  const ada = await add('users', { name: 'ada' });
  await add('posts', { author: ada });
  const invoice = await add('invoices', { of: ada });

  await expect(t.mutation(api.data.remove, { id: ada })).rejects.toMatchObject({ code: 'document/referenced' });
  expect(await t.mutation(api.data.tryToRemove, { id: ada })).toBe('refused');
  expect([await all('users'), await all('posts')]).toMatchObject([[{ name: 'ada' }], [{ author: ada }]]);
  await t.mutation(api.data.remove, { id: invoice });
  expect(await t.mutation(api.data.tryToRemove, { id: ada })).toBe('gone');
});

test('documents that name each other go together', async () => {
  const { t, add, all } = start();
  const ada = await add('users', { name: 'ada' });
  const bob = await add('users', { name: 'bob', friend: ada });
  await t.mutation(api.data.patch, { id: ada, fields: { friend: bob } });

  await t.mutation(api.data.remove, { id: ada });

  expect(await all('users')).toEqual([]);
});

test('a foreign key names a document that is there; a plain id need not', async () => {
  const { t, add } = start();
  const ada = await add('users', { name: 'ada' });
  const post = await add('posts', { author: ada });
  const gone = await add('users', { name: 'gone' });
  await t.mutation(api.data.remove, { id: gone });

  await expect(add('posts', { author: gone })).rejects.toMatchObject({ code: 'document/missing-reference' });
  await expect(t.mutation(api.data.patch, { id: post, fields: { author: gone } })).rejects.toMatchObject({
    code: 'document/missing-reference',
  });
  expect(await add('loose', { user: gone })).toEqual(expect.any(String));
});
