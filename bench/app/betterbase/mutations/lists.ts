import { mutation, v } from '@betterbase/core';

export const add = mutation({
  args: { list: v.string(), text: v.string(), position: v.number(), author: v.string() },
  returns: v.id('items'),
  handler: (ctx, item) => ctx.db.insert('items', { ...item, done: false }),
});

export const change = mutation({
  args: { id: v.id('items'), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { id, text }) => {
    await ctx.db.patch(id, { text });
    return null;
  },
});

export const fill = mutation({
  args: { list: v.string(), count: v.number() },
  returns: v.null(),
  handler: async (ctx, { list, count }) => {
    for (let position = 0; position < count; position++) {
      await ctx.db.insert('items', {
        list,
        text: 'An item as people write them: a few words, now and then a few more.',
        done: false,
        position,
        author: 'somebody',
      });
    }
    return null;
  },
});
