import { v } from 'convex/values';
import { mutation, query } from './functions';

export const join = mutation({
  args: { name: v.string(), email: v.string(), bio: v.string() },
  handler: async (ctx, { bio, ...user }) => {
    const userId = await ctx.table('users').insert(user);
    await ctx.table('profiles').insert({ bio, userId });
    return userId;
  },
});

export const send = mutation({
  args: { user: v.id('users'), text: v.string(), tags: v.array(v.string()) },
  handler: async (ctx, { user, text, tags }) => {
    const ids = [];
    for (const name of tags) {
      const known = await ctx.table('tags').get('slug', name.toLowerCase());
      ids.push(known?._id ?? (await ctx.table('tags').insert({ name, slug: name.toLowerCase() })));
    }
    return await ctx.table('messages').insert({ text, stars: 1, userId: user, tags: ids });
  },
});

export const of = query({
  args: { email: v.string() },
  handler: async (ctx, { email }) => {
    const user = await ctx.table('users').getX('email', email);
    const messages = await user.edge('messages').map(async (message) => ({
      text: message.text,
      stars: message.stars,
      tags: (await message.edge('tags')).map(({ name }) => name),
    }));
    return { bio: (await user.edgeX('profile')).bio, messages, isDeleted: user.deletionTime !== undefined };
  },
});

export const tagged = query({
  args: { slug: v.string() },
  handler: async (ctx, { slug }) => (await ctx.table('tags').getX('slug', slug).edge('messages')).map(({ text }) => text),
});

export const search = query({
  args: { words: v.string() },
  handler: async (ctx, { words }) => (await ctx.table('messages').search('text', (q) => q.search('text', words))).map(({ text }) => text),
});

export const newest = query({
  args: { user: v.id('users') },
  handler: async (ctx, { user }) => {
    const page = await ctx.table('users').getX(user).edge('messages').order('desc').paginate({ numItems: 1, cursor: null });
    return page.page.map(({ text }) => text);
  },
});

export const untag = mutation({
  args: { message: v.id('messages'), slug: v.string() },
  handler: async (ctx, { message, slug }) => {
    const tag = await ctx.table('tags').getX('slug', slug);
    await ctx
      .table('messages')
      .getX(message)
      .patch({ tags: { remove: [tag._id] } });
  },
});

export const remove = mutation({
  args: { message: v.id('messages') },
  handler: async (ctx, { message }) => {
    await ctx.table('messages').getX(message).delete();
  },
});

export const leave = mutation({
  args: { user: v.id('users') },
  handler: async (ctx, { user }) => {
    await ctx.table('users').getX(user).delete();
  },
});
