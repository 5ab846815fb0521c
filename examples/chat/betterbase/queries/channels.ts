import { v } from '@betterbase/core';
import { query } from '../_generated/server';

/** Every channel, by name. */
export const list = query({
  args: {},
  returns: v.array(v.object({ id: v.id('channels'), name: v.string() })),
  handler: async (ctx) => {
    const channels = await ctx.db.query('channels').withIndex('by_name').collect();
    return channels.map((channel) => ({ id: channel._id, name: channel.name }));
  },
});
