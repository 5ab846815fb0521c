import { makeActionRetrier } from 'convex-helpers/server/retries';
import { internal } from './_generated/api';
import { internalAction, internalMutation, mutation, query } from './_generated/server';

export const { runWithRetries, retry } = makeActionRetrier('retries:retry', { waitBackoff: 10, retryBackoff: 10 });

export const attempts = query({
  args: {},
  handler: async (ctx) =>
    (
      await ctx.db
        .query('counters')
        .withIndex('by_name', (q) => q.eq('name', 'attempts'))
        .first()
    )?.value ?? 0,
});

export const count = internalMutation({
  args: {},
  handler: async (ctx) => {
    const counter = await ctx.db
      .query('counters')
      .withIndex('by_name', (q) => q.eq('name', 'attempts'))
      .first();
    if (counter === null) await ctx.db.insert('counters', { name: 'attempts', value: 1 });
    else await ctx.db.patch(counter._id, { value: counter.value + 1 });
    return (counter?.value ?? 0) + 1;
  },
});

export const shaky = internalAction({
  args: {},
  handler: async (ctx): Promise<null> => {
    const attempt: number = await ctx.runMutation(internal.retries.count);
    if (attempt < 3) throw new Error('not yet');
    return null;
  },
});

export const start = mutation({ args: {}, handler: async (ctx): Promise<void> => await runWithRetries(ctx, internal.retries.shaky, {}) });

export const states = query({
  args: {},
  handler: async (ctx) => {
    const jobs = await ctx.db.system.query('_scheduled_functions').collect();
    return jobs.filter(({ name }) => name.endsWith('shaky')).map(({ state }) => state.kind);
  },
});
