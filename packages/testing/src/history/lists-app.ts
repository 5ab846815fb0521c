/** Lists as an app keeps them: each is one document, and whoever appends reads it first. */
import { defineSchema, defineTable, mutation, query, v } from '@betterbase/core';
import type { AppModule } from '@betterbase/engine';

const list = defineTable({ name: v.string(), marks: v.array(v.string()) }).index('by_name', ['name']);

export const listsApp: AppModule = {
  schema: defineSchema({ lists: list }),
  http: null,
  modules: {
    lists: {
      append: mutation({
        args: { names: v.array(v.string()), mark: v.string() },
        handler: async ({ db }, { names, mark }) => {
          const read: string[][] = [];
          for (const name of names) {
            const found = await db
              .query('lists')
              .withIndex('by_name', (q) => q.eq('name', name))
              .first();
            read.push(found?.marks ?? []);
            if (found === null) await db.insert('lists', { name, marks: [mark] });
            else await db.patch(found._id, { marks: [...found.marks, mark] });
          }
          return read;
        },
      }),
      read: query({
        args: { names: v.array(v.string()) },
        handler: async ({ db }, { names }) => {
          const read: string[][] = [];
          for (const name of names) {
            const found = await db
              .query('lists')
              .withIndex('by_name', (q) => q.eq('name', name))
              .first();
            read.push(found?.marks ?? []);
          }
          return read;
        },
      }),
    },
  },
};
