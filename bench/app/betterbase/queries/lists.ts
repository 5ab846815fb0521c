import { query, v } from '@betterbase/core';

export const items = query({
  args: { list: v.string() },
  returns: v.array(
    v.object({
      _id: v.id('items'),
      _creationTime: v.number(),
      list: v.string(),
      text: v.string(),
      done: v.boolean(),
      position: v.number(),
      author: v.string(),
    }),
  ),
  handler: (ctx, { list }) =>
    ctx.db
      .query('items')
      .withIndex('by_list', (range) => range.eq('list', list))
      .collect(),
});
