/** Builders of this app, made from the generated ones by the wrappers of convex-helpers. */
import { NoOp, customAction, customCtx, customCtxAndArgs, customMutation, customQuery } from 'convex-helpers/server/customFunctions';
import { type Rules, wrapDatabaseReader, wrapDatabaseWriter } from 'convex-helpers/server/rowLevelSecurity';
import { SessionIdArg } from 'convex-helpers/server/sessions';
import { Triggers } from 'convex-helpers/server/triggers';
import { zCustomMutation, zCustomQuery } from 'convex-helpers/server/zod4';
import { ConvexError, v } from 'convex/values';
import type { DataModel } from './_generated/dataModel';
import { type MutationCtx, type QueryCtx, action, mutation as rawMutation, query as rawQuery } from './_generated/server';

async function userNamed(ctx: QueryCtx, name: string) {
  const user = await ctx.db
    .query('users')
    .withIndex('by_name', (q) => q.eq('name', name))
    .unique();
  if (user === null) throw new ConvexError({ code: 'unknown-user', name });
  return user;
}

/** Takes a name and hands on the user. */
export const userQuery = customQuery(
  rawQuery,
  customCtxAndArgs({
    args: { as: v.string() },
    input: async (ctx: QueryCtx, { as }) => ({ ctx: { user: await userNamed(ctx, as) }, args: {} }),
  }),
);

export const timedAction = customAction(
  action,
  customCtx(async () => ({ startedAt: Date.now() })),
);

const triggers = new Triggers<DataModel, MutationCtx>();
triggers.register('posts', async (ctx, change) => {
  const counter = await ctx.db
    .query('counters')
    .withIndex('by_name', (q) => q.eq('name', 'posts'))
    .unique();
  const step = change.operation === 'insert' ? 1 : change.operation === 'delete' ? -1 : 0;
  if (counter === null) await ctx.innerDb.insert('counters', { name: 'posts', value: step });
  else await ctx.innerDb.patch('counters', counter._id, { value: counter.value + step });
});
triggers.register('users', async (ctx, change) => {
  if (change.operation !== 'delete') return;
  for (const post of await ctx.db
    .query('posts')
    .withIndex('by_author', (q) => q.eq('author', change.id))
    .collect())
    await ctx.db.delete('posts', post._id);
});
export const mutation = customMutation(rawMutation, customCtx(triggers.wrapDB));

async function rules(ctx: QueryCtx): Promise<Rules<QueryCtx, DataModel>> {
  const owner = (await ctx.auth.getUserIdentity())?.subject ?? '';
  return {
    notes: {
      read: async (_ctx, note) => note.owner === owner,
      modify: async (_ctx, note) => note.owner === owner && note.pinned !== true,
      insert: async (_ctx, note) => note.owner === owner,
    },
  };
}
export const ownQuery = customQuery(
  rawQuery,
  customCtx(async (ctx) => ({ db: wrapDatabaseReader(ctx, ctx.db, await rules(ctx)) })),
);
export const ownMutation = customMutation(
  rawMutation,
  customCtx(async (ctx) => ({ db: wrapDatabaseWriter(ctx, ctx.db, await rules(ctx)) })),
);

export const zQuery = zCustomQuery(rawQuery, NoOp);
export const zMutation = zCustomMutation(rawMutation, NoOp);

export const sessionMutation = customMutation(rawMutation, {
  args: SessionIdArg,
  input: async (_ctx: MutationCtx, { sessionId }) => ({ ctx: { sessionId }, args: {} }),
});
