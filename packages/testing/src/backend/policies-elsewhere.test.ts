/** Policies where rows are found by nearness, and in what a mutation calls. */
import { type AnyValue, anyApi, defineSchema, definePolicy, defineTable, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const api: AnyValue = anyApi;
const schema = defineSchema({
  songs: defineTable({ name: v.string(), owner: v.string(), embedding: v.vector(2) }).vectorIndex('by_embedding', {
    vectorField: 'embedding',
    dimensions: 2,
  }),
});
const songs = {
  names: query({
    args: {},
    handler: async ({ db }: AnyValue) => (await db.asUser().query('songs').collect()).map(({ name }: AnyValue) => name),
  }),
};
const start = () =>
  betterbaseTest(schema, {
    './songs.ts': songs,
    './policies/songs.policy.ts': { default: definePolicy('songs', { select: 'owner = auth.uid()', insert: 'owner = auth.uid()' }) },
  });

test('the nearest are the nearest of those that are seen, as many as are asked for', async () => {
  const t = start();
  await t.run(async ({ db }: AnyValue) => {
    for (let song = 0; song < 20; song++)
      await db.insert('songs', {
        name: `s${song}`,
        owner: song % 5 === 4 ? 'ann' : 'bob',
        embedding: [Math.cos(song / 20), Math.sin(song / 20)],
      });
  });

  const found: AnyValue = await t.withIdentity({ subject: 'ann' }).query(async ({ db }: AnyValue) => {
    const near = await db.asUser().vectorSearch('songs', 'by_embedding', { vector: [1, 0], limit: 3 });
    const similar = await db.asUser().similarity('songs', [1, 0], { topK: 2 });
    return [await Promise.all(near.map(async ({ _id }: AnyValue) => (await db.get(_id)).name)), similar.map(({ name }: AnyValue) => name)];
  });

  expect(found).toEqual([
    ['s4', 's9', 's14'],
    ['s4', 's9'],
  ]);
});

test('a query that a mutation calls acts as the same user, on what is written and on what is committed', async () => {
  const t = start();
  const ann = t.withIdentity({ subject: 'ann' });
  const add = async (db: AnyValue, name: string, owner: string) => await db.insert('songs', { name, owner, embedding: [1, 0] });
  await t.run(async ({ db }: AnyValue) => [await add(db, 'old', 'ann'), await add(db, 'other', 'bob')]);

  const seen = await ann.mutation(async ({ db, runQuery }: AnyValue) => {
    await add(db.asUser(), 'new', 'ann');
    return [await runQuery(api.songs.names), await runQuery(api.songs.names, {}, { useStaleSnapshot: true })];
  });

  expect(seen).toEqual([['old', 'new'], ['old']]);
});
