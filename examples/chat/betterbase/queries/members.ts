import { v } from '@betterbase/core';
import { query } from '../_generated/server';

const facesShown = 5;

/** How many people are in the channel, and the first few of them in the order they came. */
export const here = query({
  args: { channel: v.id('channels') },
  returns: v.object({ count: v.number(), first: v.array(v.object({ key: v.string(), name: v.string() })) }),
  handler: async (ctx, { channel }) => {
    const members = await ctx.db
      .query('members')
      .withIndex('by_channel_and_person', (q) => q.eq('channel', channel))
      .collect();
    const earliest = members.sort((one, other) => one._creationTime - other._creationTime).slice(0, facesShown);
    const people = await Promise.all(earliest.map((member) => ctx.db.get(member.person)));
    return {
      count: members.length,
      first: people.filter((person) => person !== null).map((person) => ({ key: person.key, name: person.name })),
    };
  },
});
