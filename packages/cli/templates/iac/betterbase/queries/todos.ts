import { v } from '@betterbase/core';
import { query } from '../_generated/server';

/** The newest hundred. Whoever watches this gets a new result when one of them changes. */
export const list = query({
  args: {},
  handler: (ctx) => ctx.db.query('todos').order('desc').take(100),
});

export const open = query({
  args: {},
  returns: v.number(),
  handler: async (ctx) => {
    const todos = await ctx.db
      .query('todos')
      .withIndex('by_done', (q) => q.eq('done', false))
      .collect();
    return todos.length;
  },
});
