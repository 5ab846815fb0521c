import { getAll, getManyFrom, getManyVia, getOneFrom, getOrThrow } from 'convex-helpers/server/relationships';
import { filter } from 'convex-helpers/server/filter';
import { doc, literals } from 'convex-helpers/validators';
import { paginationOptsValidator } from 'convex/server';
import { v } from 'convex/values';
import { api, internal } from './_generated/api';
import { internalQuery, query } from './_generated/server';
import { mutation, timedAction, userQuery } from './functions';
import schema from './schema';

export const addUser = mutation({ args: { name: v.string() }, handler: async (ctx, { name }) => await ctx.db.insert('users', { name }) });
export const removeUser = mutation({ args: { id: v.id('users') }, handler: async (ctx, { id }) => await ctx.db.delete('users', id) });

export const add = mutation({
  args: {
    author: v.id('users'),
    title: v.string(),
    status: literals('draft', 'published'),
    score: v.number(),
    tags: v.optional(v.array(v.string())),
  },
  returns: v.id('posts'),
  handler: async (ctx, { tags = [], ...post }) => {
    const id = await ctx.db.insert('posts', post);
    for (const name of tags) {
      const tag = (await getOneFrom(ctx.db, 'tags', 'by_name', name, 'name'))?._id ?? (await ctx.db.insert('tags', { name }));
      await ctx.db.insert('postTags', { post: id, tag });
    }
    return id;
  },
});

export const mine = userQuery({
  args: { status: v.optional(literals('draft', 'published')) },
  returns: v.array(doc(schema, 'posts')),
  handler: async (ctx, { status }) => {
    const posts = await getManyFrom(ctx.db, 'posts', 'by_author', ctx.user._id, 'author');
    return posts.filter((post) => status === undefined || post.status === status);
  },
});

export const withTags = query({
  args: { id: v.id('posts') },
  handler: async (ctx, { id }) => {
    const post = await getOrThrow(ctx, id);
    const tags = await getManyVia(ctx.db, 'postTags', 'tag', 'post', id, 'post');
    const [author] = await getAll(ctx.db, [post.author]);
    return { title: post.title, author: author?.name, tags: tags.flatMap((tag) => (tag === null ? [] : [tag.name])) };
  },
});

export const long = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => {
    const isLong = async (post: { title: string }) => post.title.length > 3;
    const page = await filter(ctx.db.query('posts'), isLong).paginate(paginationOpts);
    const first = await filter(ctx.db.query('posts').order('desc'), isLong).first();
    const two = await filter(ctx.db.query('posts'), isLong).take(2);
    return { page, first: first?.title ?? null, two: two.map(({ title }) => title) };
  },
});

export const count = internalQuery({
  args: {},
  handler: async (ctx) => (await getOneFrom(ctx.db, 'counters', 'by_name', 'posts', 'name'))?.value ?? 0,
});

export const importAll = timedAction({
  args: { author: v.id('users'), titles: v.array(v.string()) },
  handler: async (ctx, { author, titles }): Promise<{ count: number; isTimed: boolean }> => {
    for (const title of titles) await ctx.runMutation(api.posts.add, { author, title, status: 'draft', score: title.length });
    return { count: await ctx.runQuery(internal.posts.count), isTimed: ctx.startedAt > 0 };
  },
});
