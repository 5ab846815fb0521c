import { AppError, v } from '@betterbase/core';
import { arrive, departIfLast, dropSilentTabs } from '../_presence';
import { findPerson, me } from '../_people';
import { parsePersonName } from '../_text';
import { mutation } from '../_generated/server';

/**
 * This tab shows this channel now. Safe to repeat: switching channels, changing one's name and coming back from a long
 * sleep are all the same call.
 */
export const join = mutation({
  args: { me, name: v.string(), channel: v.id('channels'), tab: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const now = Date.now();
    const name = parsePersonName(args.name);
    if ((await ctx.db.get(args.channel)) === null) throw new AppError('This channel is gone.');

    const known = await findPerson(ctx.db, args.me);
    const person = known?._id ?? (await ctx.db.insert('people', { ...args.me, name }));
    if (known !== null && known.name !== name) await ctx.db.patch(person, { name });

    const tab = await ctx.db
      .query('tabs')
      .withIndex('by_key', (q) => q.eq('key', args.tab))
      .unique();
    if (tab === null) await ctx.db.insert('tabs', { key: args.tab, channel: args.channel, person, seenAt: now });
    else await ctx.db.patch(tab._id, { channel: args.channel, person, seenAt: now });

    await arrive(ctx.db, args.channel, person);
    if (tab !== null) await departIfLast(ctx.db, tab.channel, tab.person);
    await dropSilentTabs(ctx.db, now);
    return null;
  },
});

/** This tab is still open. False: it had been given up, join again. */
export const heartbeat = mutation({
  args: { tab: v.string() },
  returns: v.boolean(),
  handler: async (ctx, args) => {
    const now = Date.now();
    const tab = await ctx.db
      .query('tabs')
      .withIndex('by_key', (q) => q.eq('key', args.tab))
      .unique();
    if (tab !== null) await ctx.db.patch(tab._id, { seenAt: now });
    await dropSilentTabs(ctx.db, now);
    return tab !== null;
  },
});

export const leave = mutation({
  args: { tab: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const tab = await ctx.db
      .query('tabs')
      .withIndex('by_key', (q) => q.eq('key', args.tab))
      .unique();
    if (tab === null) return null;
    await ctx.db.delete(tab._id);
    await departIfLast(ctx.db, tab.channel, tab.person);
    return null;
  },
});
