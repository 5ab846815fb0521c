import { v } from '@betterbase/core';
import { mutation } from '../_generated/server';
import { parseChannelName } from '../_text';

/** Opens a channel, or finds the one that already has this name, and says how its name is written. */
export const create = mutation({
  args: { name: v.string() },
  returns: v.object({ id: v.id('channels'), name: v.string() }),
  handler: async (ctx, args) => {
    const name = parseChannelName(args.name);
    const existing = await ctx.db
      .query('channels')
      .withIndex('by_name', (q) => q.eq('name', name))
      .unique();
    return { id: existing?._id ?? (await ctx.db.insert('channels', { name })), name };
  },
});
