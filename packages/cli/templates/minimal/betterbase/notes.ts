import { v } from '@betterbase/core';
import { mutation, query } from './_generated/server';

export const list = query({
  args: {},
  handler: (ctx) => ctx.db.query('notes').collect(),
});

export const add = mutation({
  args: { text: v.string() },
  returns: v.id('notes'),
  handler: (ctx, { text }) => ctx.db.insert('notes', { text }),
});
