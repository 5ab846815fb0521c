import { crud } from 'convex-helpers/server/crud';
import { v } from 'convex/values';
import { ownMutation, ownQuery } from './functions';
import schema from './schema';

export const list = ownQuery({ args: {}, handler: async (ctx) => (await ctx.db.query('notes').collect()).map(({ text }) => text) });
export const add = ownMutation({
  args: { text: v.string(), owner: v.string(), pinned: v.optional(v.boolean()) },
  handler: async (ctx, note) => await ctx.db.insert('notes', note),
});
export const change = ownMutation({
  args: { id: v.id('notes'), text: v.string() },
  handler: async (ctx, { id, text }) => await ctx.db.patch(id, { text }),
});

export const { create, read, update, destroy, paginate } = crud(schema, 'notes');
