import { mutation, query, v } from '@betterbase/core';

const item = { list: v.string(), text: v.string(), position: v.number(), author: v.string() };

export const list = query({
  args: { list: v.string() },
  returns: v.array(v.object({ _id: v.id('items'), _creationTime: v.number(), done: v.boolean(), ...item })),
  handler: (ctx, args) =>
    ctx.db
      .query('items')
      .withIndex('by_list', (range) => range.eq('list', args.list))
      .collect(),
});

export const change = mutation({
  args: { id: v.id('items'), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { id, text }) => {
    await ctx.db.patch(id, { text });
    return null;
  },
});

export const add = mutation({
  args: { items: v.array(v.object(item)) },
  returns: v.null(),
  handler: async (ctx, { items }) => {
    for (const each of items) await ctx.db.insert('items', { ...each, done: false });
    return null;
  },
});
