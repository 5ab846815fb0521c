import { AppError, v } from '@betterbase/core';
import { api } from '../_generated/api';
import { action } from '../_generated/server';

/** Adds one todo per line of a text on the web. Only actions reach the network; they write through mutations. */
export const addFromUrl = action({
  args: { url: v.string() },
  returns: v.number(),
  handler: async (ctx, { url }) => {
    const response = await fetch(url);
    if (!response.ok) throw new AppError(`${url} answered with status ${response.status}.`);
    const lines = (await response.text()).split('\n').filter((line) => line.trim() !== '');
    for (const text of lines) await ctx.runMutation(api.mutations.todos.add, { text });
    return lines.length;
  },
});
