import { paginationOptsValidator, paginationResultValidator, v } from '@betterbase/core';
import type { Doc, Id } from '../_generated/dataModel';
import { internalQuery, type QueryCtx, query } from '../_generated/server';

const exported = 5000;

const shownMessage = v.object({
  id: v.id('messages'),
  key: v.string(),
  author: v.object({ key: v.string(), name: v.string() }),
  text: v.string(),
  sentAt: v.number(),
  editedAt: v.nullable(v.number()),
});

/** A channel page by page, the newest messages first. */
export const list = query({
  args: { channel: v.id('channels'), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(shownMessage),
  handler: async (ctx, { channel, paginationOpts }) => {
    const messages = await ctx.db
      .query('messages')
      .withIndex('by_channel', (q) => q.eq('channel', channel))
      .order('desc')
      .paginate(paginationOpts);
    return { ...messages, page: await show(ctx, messages.page) };
  },
});

/** A channel as people would keep it: for the export route only. */
export const transcript = internalQuery({
  args: { channelName: v.string() },
  returns: v.nullable(v.array(shownMessage)),
  handler: async (ctx, { channelName }) => {
    const channel = await ctx.db
      .query('channels')
      .withIndex('by_name', (q) => q.eq('name', channelName))
      .unique();
    if (channel === null) return null;
    const messages = await ctx.db
      .query('messages')
      .withIndex('by_channel', (q) => q.eq('channel', channel._id))
      .take(exported);
    return show(ctx, messages);
  },
});

async function show(ctx: QueryCtx, messages: readonly Doc<'messages'>[]) {
  const authorIds = [...new Set(messages.map((message) => message.author))];
  const authors = new Map<Id<'people'>, Doc<'people'> | null>();
  for (const id of authorIds) authors.set(id, await ctx.db.get(id));
  return messages.map((message) => {
    const author = authors.get(message.author);
    return {
      id: message._id,
      key: message.key,
      // Field by field: the person's secret must not travel.
      author: { key: author?.key ?? '', name: author?.name ?? 'Somebody' },
      text: message.text,
      sentAt: message._creationTime,
      editedAt: message.editedAt ?? null,
    };
  });
}
