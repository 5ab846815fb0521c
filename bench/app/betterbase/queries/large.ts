/** Every query takes a `number` that it does not use: nobody has asked with it before, so no answer is kept. */
import { query, v } from '@betterbase/core';
import { vectorOf } from '../_content.ts';

const rows = v.union(v.literal('fewRows'), v.literal('someRows'), v.literal('manyRows'));

export const page = query({
  args: { cursor: v.union(v.string(), v.null()), items: v.number(), number: v.number() },
  handler: async ({ db }, { cursor, items }) => await db.query('someRows').paginate({ cursor, numItems: items }),
});

export const count = query({
  args: { table: rows, room: v.string(), number: v.number() },
  handler: async ({ db }, { table, room }) =>
    await db
      .query(table)
      .withIndex('by_room', (range) => range.eq('room', room))
      .count(),
});

/** The rows that a policy shows to nobody in particular. */
export const seen = query({
  args: { number: v.number() },
  handler: async ({ db }): Promise<unknown[]> => {
    const rows: readonly { readonly [field: string]: unknown }[] = await db.asUser().query('guardedRows').collect();
    return rows.map((row) => row['position']);
  },
});

export const search = query({
  args: { words: v.string(), number: v.number() },
  handler: async ({ db }, { words }): Promise<unknown> =>
    await db
      .query('texts')
      .withSearchIndex('by_text', (search) => search.search('text', words))
      .take(10),
});

export const nearest = query({
  args: {
    table: v.union(v.literal('fewVectors'), v.literal('manyVectors'), v.literal('fewVectorsNear'), v.literal('manyVectorsNear')),
    number: v.number(),
  },
  handler: async ({ db }, { table, number }) => {
    const found = await db.vectorSearch(table, 'by_embedding', { vector: vectorOf(number), limit: 10 });
    return found.map(({ _score }) => _score);
  },
});
