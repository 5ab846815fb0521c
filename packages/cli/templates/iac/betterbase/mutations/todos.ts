import { AppError, v } from '@betterbase/core';
import { mutation } from '../_generated/server';

export const add = mutation({
  args: { text: v.string() },
  returns: v.id('todos'),
  handler: (ctx, { text }) => {
    if (text.trim() === '') throw new AppError('A todo needs some text.');
    return ctx.db.insert('todos', { text: text.trim(), done: false });
  },
});

export const setDone = mutation({
  args: { id: v.id('todos'), done: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { id, done }) => {
    await ctx.db.patch(id, { done });
  },
});

export const remove = mutation({
  args: { id: v.id('todos') },
  returns: v.null(),
  handler: async (ctx, { id }) => {
    await ctx.db.delete(id);
  },
});
