import { type AnyValue, anyApi, defineSchema, defineTable, mutation, query, action, internalQuery, v, filterApi, componentsGeneric, getFunctionName, makeFunctionReference, createFunctionHandle, httpRouter, httpAction, log } from '@betterbase/core';
import { test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';
const api: AnyValue = anyApi;
const schema = defineSchema({
  items: defineTable({ name: v.string(), n: v.optional(v.number()), tags: v.optional(v.array(v.string())) }).index('by_name', ['name']).index('by_n', { fields: ['n'], staged: false } as AnyValue)
    .searchIndex('search_name', { searchField: 'name', filterFields: ['n'] }),
  other: defineTable({ x: v.any() }),
});
const http = httpRouter();
http.route({ path: '/a', method: 'GET', handler: httpAction(async () => new Response('exact')) });
http.route({ pathPrefix: '/a/', method: 'GET', handler: httpAction(async () => new Response('short')) });
http.route({ pathPrefix: '/a/b/', method: 'GET', handler: httpAction(async () => new Response('long')) });
http.route({ path: '/a/b/c', method: 'GET', handler: httpAction(async () => new Response('abc')) });
const items = {
  retq: query({ args: {}, handler: async (ctx: AnyValue) => ctx.db.query('items') }),
  retfilter: query({ args: {}, handler: (ctx: AnyValue) => ctx.db.query('items').withIndex('by_name') }),
  undef: query({ handler: () => undefined } as AnyValue),
  fn: query(async (_ctx: AnyValue, args: AnyValue) => args),
  vobj: query({ args: v.object({ a: v.string() }), handler: (_c: AnyValue, a: AnyValue) => a } as AnyValue),
  strict: query({ args: { a: v.string() }, returns: v.number(), handler: (_c: AnyValue, a: AnyValue) => a.a } as AnyValue),
  fail: mutation({ args: { n: v.number() }, handler: async (ctx: AnyValue, { n }: AnyValue) => { await ctx.db.insert('items', { name: 'nested', n }); if (n > 5) throw new Error('big'); return n; } }),
  count: query({ args: {}, handler: async (ctx: AnyValue) => (await ctx.db.query('items').collect()).length }),
  secret: internalQuery({ args: {}, handler: () => 'secret' }),
  act: action({ args: {}, handler: async (ctx: AnyValue) => ({ keys: Object.keys(ctx), meta: Object.keys(Object.getPrototypeOf(ctx.meta)), r: await ctx.meta.getRequestMetadata() }) }),
};
const t = betterbaseTest(schema, { items, http: { default: http } } as AnyValue) as AnyValue;
async function say(name: string, f: () => unknown) {
  try { const r = await f(); console.log(`@@ ${name}: OK`, typeof r === 'string' ? r : JSON.stringify(r, (_k, x) => typeof x === 'bigint' ? `${x}n` : x)); }
  catch (e: AnyValue) { console.log(`@@ ${name}: THROWS ${e.code ?? ''} | ${e.message} | ${e.hint ?? ''} ${e.data === undefined ? '' : JSON.stringify(e.data)}`); }
}
const run = (f: AnyValue) => t.run(f);
test('probe', async () => {
  const ids = await run(async (ctx: AnyValue) => [await ctx.db.insert('items', { name: 'a', n: 1 }), await ctx.db.insert('items', { name: 'b', n: 2 }), await ctx.db.insert('items', { name: 'c' }), await ctx.db.insert('other', { x: 1 })]);
  await say('B1.04 return query', () => t.query(api.items.retq));
  await say('B1.04 return query idx', () => t.query(api.items.retfilter));
  await say('B1.04 undefined', () => t.query(api.items.undef));
  await say('B1.02 fn', () => t.query(api.items.fn, { x: 1 }));
  await say('B1.02 vobj', () => t.query(api.items.vobj, { a: 'x' }));
  await say('B3.36 extra', () => t.query(api.items.vobj, { a: 'x', b: 1 }));
  await say('B3.37 arg', () => t.query(api.items.vobj, { a: 1 }));
  await say('B3.37 ret', () => t.query(api.items.strict, { a: 'x' }));
  await say('B1.03 export', () => [(items.vobj as AnyValue).exportArgs(), (items.strict as AnyValue).exportReturns(), (items.fn as AnyValue).exportArgs(), (items.fn as AnyValue).exportReturns(), Object.keys(items.fn)]);
  await say('B1.06 name', () => [getFunctionName(api.dir.mod.fn), getFunctionName(makeFunctionReference('dir/mod:fn')), getFunctionName(makeFunctionReference('mod')), (getFunctionName as AnyValue)(api.items.fn)]);
  await say('B1.06 default', () => getFunctionName(api.dir.mod.default));
  await say('B1.06 filterApi', () => getFunctionName((filterApi(api) as AnyValue).a.b));
  await say('B1.06 components', () => String((componentsGeneric() as AnyValue).x));
  await say('B1.06 comp handle', async () => await createFunctionHandle(api.items.fn));
  await say('notfound', () => t.query(api.items.nothing));
  await say('wrongkind', () => t.query(api.items.fail, { n: 1 }));
  await say('B2.01 ctx query', () => t.query((ctx: AnyValue) => [Object.keys(ctx), Object.getOwnPropertyNames(Object.getPrototypeOf(ctx.meta))]));
  await say('B2.02 ctx mutation', () => run((ctx: AnyValue) => Object.keys(ctx)));
  await say('B2.03 action', () => t.action(api.items.act));
  await say('B2.06 deployment', () => t.query((ctx: AnyValue) => ctx.meta.getDeploymentMetadata()));
  await say('B2.02 runquery stale', () => run(async (ctx: AnyValue) => { await ctx.db.insert('items', { name: 'zz' }); const a = await ctx.runQuery(api.items.count, {}, { useStaleSnapshot: true }); const b = await ctx.runQuery(api.items.count, {}); throw new Error(`stale ${a} fresh ${b}`); }));
  await say('B2.02 limits', () => run((ctx: AnyValue) => ctx.runQuery(api.items.count, {}, { transactionLimits: { documentsRead: 1 } })));
  await say('B2.02 nested rollback', () => run(async (ctx: AnyValue) => { try { await ctx.runMutation(api.items.fail, { n: 9 }); } catch { /* */ } return (await ctx.db.query('items').collect()).length; }));
  await say('B2 runMutation internal', () => t.action((ctx: AnyValue) => ctx.runQuery(api.items.secret, {})));
  await say('B3.01 table', () => run((ctx: AnyValue) => ctx.db.get('items', ids[3])));
  await say('B3.01 ok', () => run(async (ctx: AnyValue) => [(await ctx.db.get('items', ids[0])).name, (await ctx.db.get(ids[0])).name, (await ctx.db.table('items').get(ids[0])).name]));
  await say('B3.02 sys', () => run((ctx: AnyValue) => ctx.db.insert('_storage', {})));
  await say('B3.02 sys query', () => run((ctx: AnyValue) => ctx.db.query('_storage').collect()));
  await say('B3.03 missing', () => run(async (ctx: AnyValue) => { await ctx.db.delete(ids[2]); await ctx.db.patch(ids[2], { n: 1 }); }));
  await say('B3.05 missing', () => run(async (ctx: AnyValue) => { await ctx.db.delete(ids[2]); await ctx.db.delete(ids[2]); }));
  await say('B3.03 undefined', () => run(async (ctx: AnyValue) => { await ctx.db.patch(ids[0], { n: undefined }); return ctx.db.get(ids[0]); }));
  await say('B3.04 replace', () => run(async (ctx: AnyValue) => { await ctx.db.replace(ids[0], { name: 'a2' }); return ctx.db.get(ids[0]); }));
  await say('B3.06', () => run((ctx: AnyValue) => [ctx.db.normalizeId('items', ids[0]), ctx.db.normalizeId('items', ids[3]), ctx.db.normalizeId('items', 'junk'), ctx.db.normalizeId('nope', ids[0])]));
  await say('B3.06 sys', () => run((ctx: AnyValue) => ctx.db.system.normalizeId('_scheduled_functions', ids[0])));
  await say('B3.07', () => run(async (ctx: AnyValue) => [await ctx.db.system.query('_scheduled_functions').collect(), Object.keys(ctx.db.system)]));
  await say('B3.07 storage', () => run(async (ctx: AnyValue) => [await ctx.db.system.query('_storage').collect()]));
  await say('B3.08 fullTableScan', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').fullTableScan().collect()).length));
  await say('B3.08 order twice', () => run(async (ctx: AnyValue) => await ctx.db.query('items').order('asc').order('desc').collect()));
  await say('B3.08 order bad', () => run(async (ctx: AnyValue) => await ctx.db.query('items').order('down').collect()));
  await say('B3.08 index after order', () => run(async (ctx: AnyValue) => await ctx.db.query('items').order('asc').withIndex('by_name').collect()));
  await say('B3.08 index twice', () => run(async (ctx: AnyValue) => await ctx.db.query('items').withIndex('by_name').withIndex('by_name').collect()));
  await say('B3.08 search order', () => run(async (ctx: AnyValue) => await ctx.db.query('items').withSearchIndex('search_name', (q: AnyValue) => q.search('name', 'a')).order('desc').collect()));
  await say('B3.12 twice', () => run(async (ctx: AnyValue) => { const q = ctx.db.query('items'); q.order('asc'); return (await q.order('desc').collect()).length; }));
  await say('B3.12 reuse', () => run(async (ctx: AnyValue) => { const q = ctx.db.query('items'); const a = await q.collect(); const b = await q.collect(); return [a.length, b.length]; }));
  await say('B3.12 iter', () => run(async (ctx: AnyValue) => { const q = ctx.db.query('items')[Symbol.asyncIterator](); await q.next(); await q.return?.(); return await q.next(); }));
  await say('B3.12 256', () => run(async (ctx: AnyValue) => { let q = ctx.db.query('items'); for (let i = 0; i < 300; i++) q = q.filter((f: AnyValue) => f.eq(f.field('name'), 'a')); return (await q.collect()).length; }));
  await say('B3.09 order', () => run(async (ctx: AnyValue) => ctx.db.query('items').withIndex('by_name', (q: AnyValue) => q.eq('n', 1)).collect()));
  await say('B3.09 two bounds', () => run(async (ctx: AnyValue) => ctx.db.query('items').withIndex('by_name', (q: AnyValue) => q.gt('name', 'a').gte('name', 'b')).collect()));
  await say('B3.09 range after', () => run(async (ctx: AnyValue) => ctx.db.query('items').withIndex('by_name', (q: AnyValue) => q.gt('name', 'a').gt('_creationTime', 1)).collect()));
  await say('B3.09 undefined', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').withIndex('by_n', (q: AnyValue) => q.eq('n', undefined)).collect()).length));
  await say('B3.09 noindex', () => run(async (ctx: AnyValue) => ctx.db.query('items').withIndex('nope').collect()));
  await say('B3.10', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').filter((q: AnyValue) => q.and(q.or(q.eq(q.add(q.field('n'), 1), 2), q.eq(q.field('n'), undefined)), q.not(q.eq(q.neg(1), 1)), q.eq(q.mod(5, 3), 2), q.eq(q.div(6, 3), q.sub(4, 2)), q.neq(q.mul(2, 2), 5))).collect()).map((d: AnyValue) => d.name)));
  await say('B3.11 count', () => run(async (ctx: AnyValue) => await ctx.db.query('items').count()));
  await say('B3.11 limit', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').limit(2).collect()).length));
  await say('B3.11 unique', () => run(async (ctx: AnyValue) => ctx.db.query('items').unique()));
  await say('B3.11 take', () => run(async (ctx: AnyValue) => [(await ctx.db.query('items').take(2)).length, (await ctx.db.query('items').take(2).collect()).length, (await ctx.db.query('items').take(2).first()).name]));
  await say('B3.11 take -1', () => run(async (ctx: AnyValue) => await ctx.db.query('items').take(-1)));
  await say('B3.11 take 1.5', () => run(async (ctx: AnyValue) => await ctx.db.query('items').take(1.5)));
  await say('A1.71', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').filter('name', 'gte', 'b').order('desc', 'name').take(5).collect()).map((d: AnyValue) => d.name)));
  await say('A1.71 all ops', () => run(async (ctx: AnyValue) => Promise.all(['eq', 'neq', 'gt', 'gte', 'lt', 'lte'].map(async (op) => (await ctx.db.query('items').filter('name', op, 'b').collect()).length))));
  await say('A1.71 bad op', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').filter('name', 'like', 'b').collect())));
  await say('B3.22 two paginates', () => run(async (ctx: AnyValue) => { const o = { numItems: 1, cursor: null }; await ctx.db.query('items').paginate(o); await ctx.db.query('items').paginate(o); return 'two'; }));
  await say('B3.21', () => run(async (ctx: AnyValue) => await ctx.db.query('items').paginate({ numItems: 1, cursor: null })));
  await say('B3.24', () => run(async (ctx: AnyValue) => await ctx.db.query('items').paginate({ numItems: 1, cursor: 'junk' })));
  await say('B3.20 max', () => run(async (ctx: AnyValue) => await ctx.db.query('items').paginate({ numItems: 10, cursor: null, maximumRowsRead: 1, maximumBytesRead: 1, id: 5, endCursor: null })));
  await say('B3.14 scan', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').withSearchIndex('search_name', (q: AnyValue) => q.search('name', 'b').eq('n', 2)).collect()).length));
  await say('B3.14 no filter', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').withSearchIndex('search_name', (q: AnyValue) => q.eq('n', 2)).collect()).length));
  await say('B3.14 wrong field', () => run(async (ctx: AnyValue) => (await ctx.db.query('items').withSearchIndex('search_name', (q: AnyValue) => q.search('n', 'x')).collect()).length));
  await say('B4.01 past', () => run(async (ctx: AnyValue) => { const id = await ctx.scheduler.runAfter(-5, api.items.fail, { n: 1 }); return id; }));
  await say('B4.01 at', () => run(async (ctx: AnyValue) => { const id = await ctx.scheduler.runAt(new Date(Date.now() + 100000), api.items.fail, { n: 1 }); return await ctx.db.system.get(id); }));
  await say('B4.01 bad args', () => run(async (ctx: AnyValue) => ctx.scheduler.runAfter(0, api.items.fail, { n: 'x' })));
  await say('B4.01 query', () => run(async (ctx: AnyValue) => ctx.scheduler.runAfter(0, api.items.count, {})));
  await say('B4.01 NaN', () => run(async (ctx: AnyValue) => ctx.scheduler.runAfter(NaN, api.items.fail, { n: 1 })));
  for (const [path, init] of [['/a'], ['/a', { method: 'HEAD' }], ['/a/x'], ['/a/b/x'], ['/a/b/c'], ['/nope'], ['/a', { method: 'POST' }]] as AnyValue) await say(`B4.08 ${path} ${init?.method ?? ''}`, async () => { const r = await t.fetch(path, init); return [r.status, await r.text()]; });
  await say('B4.08 lookup', () => [(http as AnyValue).getRoutes().map((r: AnyValue) => [r[0], r[1]]), (http as AnyValue).lookup('/a/b/q', 'GET')?.slice?.(1), (http as AnyValue).lookup('/zzz', 'GET')]);
  await say('B4.08 dup', () => { const h = httpRouter(); const r = { path: '/x', method: 'GET', handler: httpAction(async () => new Response()) } as AnyValue; h.route(r); h.route(r); });
  await say('B4.08 bad', () => { const h = httpRouter(); h.route({ path: 'x', method: 'GET', handler: httpAction(async () => new Response()) } as AnyValue); });
  await say('B4.08 badmethod', () => { const h = httpRouter(); h.route({ path: '/x', method: 'get', handler: httpAction(async () => new Response()) } as AnyValue); });
  await say('B4.08 badprefix', () => { const h = httpRouter(); h.route({ pathPrefix: '/x', method: 'GET', handler: httpAction(async () => new Response()) } as AnyValue); });
  await say('log.audit', () => t.query(async () => { await log.audit({ a: 1 }); return 'ok'; }));
  await say('now frozen', () => t.query(() => [Date.now() === Date.now(), typeof performance.now(), typeof crypto.randomUUID(), Math.random() !== Math.random()]));
  await say('fetch', () => t.query(() => fetch('https://x.test')));
  await say('timer', () => t.query(() => new Promise((r) => setTimeout(r, 1))));
  await say('staged', () => defineTable({ a: v.string() }).index('by_a', { fields: ['a'], staged: true } as AnyValue).indexes);
  await say('staged search', () => defineTable({ a: v.string() }).searchIndex('s', { searchField: 'a', staged: true } as AnyValue).indexes);
  await say('B3.33', () => [v.nullable(v.string()).kind, v.bigint().kind, v.float64().kind, v.object({ a: v.string(), b: v.number() }).pick('a').json, v.object({ a: v.string(), b: v.number() }).omit('a').json, v.object({ a: v.string() }).partial().json, v.object({ a: v.string() }).extend({ c: v.null() }).json, v.record(v.id('items'), v.number()).json, v.union(v.literal(1n), v.bytes()).json]);
});
