import { AppError, v } from '@betterbase/core';
import { mutation } from '../_generated/server';
import { me, requirePerson } from '../_people';
import { parseMessageText } from '../_text';

export const send = mutation({
  args: { me, channel: v.id('channels'), key: v.string(), text: v.string() },
  returns: v.id('messages'),
  handler: async (ctx, args) => {
    const author = await requirePerson(ctx.db, args.me);
    const channel = await ctx.db.get(args.channel);
    if (channel === null) throw new AppError('This channel is gone.');
    return ctx.db.insert('messages', { channel: channel._id, author: author._id, key: args.key, text: parseMessageText(args.text) });
  },
});

export const edit = mutation({
  args: { me, message: v.id('messages'), text: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const person = await requirePerson(ctx.db, args.me);
    const message = await ctx.db.get(args.message);
    if (message === null) throw new AppError('This message is gone.');
    if (message.author !== person._id) throw new AppError('Only the person who wrote a message can change it.');
    const text = parseMessageText(args.text);
    if (text !== message.text) await ctx.db.patch(message._id, { text, editedAt: Date.now() });
    return null;
  },
});
