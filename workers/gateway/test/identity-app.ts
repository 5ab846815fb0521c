import type { AuthProvider } from '@betterbase/core';

/** An app that tells its callers who they are, as a bundle. */
export function identityApp(providers: readonly AuthProvider[]): string {
  return appWith(JSON.stringify(providers));
}

/** The same, with what `auth.config.ts` says as code. */
export function appWith(providers: string): string {
  return `
import { action, cronJobs, defineSchema, defineTable, httpAction, httpRouter, internalMutation, makeFunctionReference, mutation, query, v } from './runtime.js';
const nameOf = async ({ auth }) => (await auth.getUserIdentity())?.subject ?? null;
const users = {
  me: query({ args: {}, handler: nameOf }),
  identity: query({ args: {}, handler: ({ auth }) => auth.getUserIdentity() }),
  notes: query({ args: {}, handler: async (ctx) => { const me = await nameOf(ctx); return (await ctx.db.query('notes').collect()).filter(({ by }) => by === me).map(({ text }) => text); } }),
  count: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).length }),
  write: mutation({ args: { text: v.string() }, handler: async (ctx, { text }) => { await ctx.db.insert('notes', { by: await nameOf(ctx), text }); return await nameOf(ctx); } }),
  act: action({ args: {}, handler: async (ctx) => [await nameOf(ctx), ctx.auth.userId, await ctx.runQuery(makeFunctionReference('users:me'), {})] }),
  later: mutation({ args: {}, handler: async (ctx) => { await ctx.scheduler.runAfter(0, makeFunctionReference('users:record'), {}); return null; } }),
  record: internalMutation({ args: {}, handler: async (ctx) => { await ctx.db.insert('notes', { by: 'scheduled', text: String(await nameOf(ctx)) }); return null; } }),
  merge: internalMutation({ args: { from: v.string(), to: v.string() }, handler: async ({ db }, { from, to }) => { await db.insert('notes', { by: to, text: 'was ' + from }); return null; } }),
  recorded: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).filter(({ by }) => by === 'scheduled').map(({ text }) => text) }),
};
export const modules = { users };
export const schema = defineSchema({ notes: defineTable({ by: v.union(v.string(), v.null()), text: v.string() }) });
const router = httpRouter();
router.route({ path: '/me', method: 'GET', handler: httpAction(async (ctx) => Response.json(await nameOf(ctx))) });
router.route({ path: '/hook', method: 'GET', handler: httpAction(async (_ctx, request) => new Response(request.headers.get('authorization'))) });
export const http = router;
export const auth = { providers: ${providers} };
`;
}
