import { getPage, paginator } from 'convex-helpers/server/pagination';
import { mergedStream, stream } from 'convex-helpers/server/stream';
import { paginationOptsValidator } from 'convex/server';
import { v } from 'convex/values';
import { query } from './_generated/server';
import schema from './schema';

/** The posts of several users by score, as if they had one index. */
export const merged = query({
  args: { authors: v.array(v.id('users')), paginationOpts: paginationOptsValidator },
  handler: async (ctx, { authors, paginationOpts }) => {
    const streams = authors.map((author) =>
      stream(ctx.db, schema)
        .query('posts')
        .withIndex('by_author_score', (q) => q.eq('author', author)),
    );
    const page = await mergedStream(streams, ['score']).paginate(paginationOpts);
    return { ...page, page: page.page.map(({ score }) => score) };
  },
});

export const published = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => {
    const page = await stream(ctx.db, schema)
      .query('posts')
      .withIndex('by_score', (q) => q.gte('score', 0))
      .order('desc')
      .filterWith(async (post) => post.status === 'published')
      .map(async (post) => `${post.title} ${post.score}`)
      .paginate(paginationOpts);
    return page;
  },
});

/** Every user's posts, user by user. */
export const joined = query({
  args: {},
  handler: async (ctx) =>
    await stream(ctx.db, schema)
      .query('users')
      .withIndex('by_name')
      .flatMap(
        async (user) =>
          stream(ctx.db, schema)
            .query('posts')
            .withIndex('by_author_score', (q) => q.eq('author', user._id))
            .map(async (post) => [user.name, post.score] as const),
        ['author', 'score'],
      )
      .collect(),
});

/** One score of each author, by skipping over the rest. */
export const authors = query({
  args: {},
  handler: async (ctx) => {
    const posts = await stream(ctx.db, schema).query('posts').withIndex('by_author_score').distinct(['author']).collect();
    return posts.map(({ score }) => score);
  },
});

export const pageByKey = query({
  args: { startIndexKey: v.optional(v.array(v.any())), targetMaxRows: v.number() },
  handler: async (ctx, { startIndexKey, targetMaxRows }) => {
    const { page, indexKeys, hasMore } = await getPage(ctx, {
      table: 'posts',
      index: 'by_score',
      schema,
      targetMaxRows,
      ...(startIndexKey === undefined ? {} : { startIndexKey }),
    });
    return { scores: page.map(({ score }) => score), last: indexKeys.at(-1) ?? [], hasMore };
  },
});

/** Two paginated queries in one function. */
export const twice = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => {
    const up = await paginator(ctx.db, schema).query('posts').withIndex('by_score').paginate(paginationOpts);
    const down = await paginator(ctx.db, schema).query('posts').withIndex('by_score').order('desc').paginate(paginationOpts);
    return [up, down].map(({ page }) => page.map(({ score }) => score));
  },
});
