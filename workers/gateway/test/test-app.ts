/** A small app as a bundle, the way `bb deploy` would send it. */
export const testApp = `
import { AppError, action, defineSchema, defineTable, httpAction, httpRouter, internalQuery, makeFunctionReference, mutation, query, v } from './runtime.js';
const items = {
  list: query({ args: { list: v.string() }, handler: async ({ db }, { list }) => (await db.query('items').withIndex('by_list', (q) => q.eq('list', list)).collect()).map(({ text }) => text) }),
  count: query({ args: {}, handler: async ({ db }) => await db.query('items').count() }),
  add: mutation({ args: { list: v.string(), text: v.string() }, returns: v.id('items'), handler: async ({ db }, { list, text }) => await db.insert('items', { list, text }) }),
  refuse: mutation({ args: {}, handler: async ({ db }) => { await db.insert('items', { list: 'x', text: 'lost' }); throw new AppError({ reason: 'no' }); } }),
  broken: query({ args: {}, handler: async () => { throw new TypeError('secret detail'); } }),
  secret: internalQuery({ args: {}, handler: async () => 'hidden' }),
  large: query({ args: { length: v.number() }, handler: async (_ctx, { length }) => 'x'.repeat(length) }),
  numbers: query({ args: { big: v.int64(), bytes: v.bytes(), float: v.number() }, handler: async (_ctx, args) => args }),
  clock: query({ args: {}, handler: async () => { const a = Date.now(); for (let i = 0; i < 5e6; i++); return a === Date.now() && a > 1e12; } }),
  fetches: query({ args: {}, handler: async () => { await fetch('http://127.0.0.1:1/'); return null; } }),
  addTwice: action({ args: { list: v.string() }, handler: async (ctx, { list }) => {
    console.log('adding twice');
    for (const text of ['one', 'two']) await ctx.runMutation(makeFunctionReference('items:add'), { list, text });
    return await ctx.runQuery(makeFunctionReference('items:secret'), {});
  } }),
  waits: action({ args: {}, handler: async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return Date.now() > 1e12; } }),
};
export const modules = { items };
export const schema = defineSchema({ items: defineTable({ list: v.string(), text: v.string() }).index('by_list', ['list']) });
const router = httpRouter();
router.route({ path: '/hello', method: 'GET', handler: httpAction(async (ctx, request) => new Response('count ' + await ctx.runQuery(makeFunctionReference('items:count'), {}) + ' ' + new URL(request.url).search, { status: 201, headers: { 'x-own': 'yes' } })) });
router.route({ pathPrefix: '/echo/', method: 'POST', handler: httpAction(async (_ctx, request) => new Response(await request.text())) });
export const http = router;
`;
