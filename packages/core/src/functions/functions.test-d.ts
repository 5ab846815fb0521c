import { expectType, type Same } from '../validators/expect-type.ts';
import {
  type ActionCtx,
  action,
  type ApiFromModules,
  createApi,
  type DataModelFromSchema,
  defineSchema,
  defineTable,
  type Doc,
  type FilterApi,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
  httpAction,
  httpRouter,
  type Id,
  internalQueryGeneric,
  type MutationBuilder,
  mutationGeneric,
  type QueryBuilder,
  type QueryCtx,
  query as untypedQuery,
  queryGeneric,
  v,
} from '../runtime.ts';

const schema = defineSchema({
  users: defineTable({ name: v.string(), email: v.optional(v.string()), address: v.object({ city: v.string() }) }).index(
    'by_city_and_name',
    ['address.city', 'name'],
  ),
  messages: defineTable({ author: v.id('users'), body: v.string(), likes: v.number() }).index('by_author', ['author']),
});
type Model = DataModelFromSchema<typeof schema>;
const query: QueryBuilder<Model, 'public'> = queryGeneric;
const internalQuery: QueryBuilder<Model, 'internal'> = internalQueryGeneric;
const mutation: MutationBuilder<Model, 'public'> = mutationGeneric;

const messages = {
  list: query({
    args: { author: v.id('users'), limit: v.optional(v.number()) },
    handler: async (ctx, { author, limit }) => {
      expectType<Same<typeof author, Id<'users'>>>();
      expectType<Same<typeof limit, number | undefined>>();
      return await ctx.db
        .query('messages')
        .withIndex('by_author', (q) => q.eq('author', author).gt('_creationTime', 5))
        .order('desc')
        .take(limit ?? 10);
    },
  }),
  first: query(async (ctx) => await ctx.db.query('messages').first()),
  shout: query((_ctx, args: { text: string }) => args.text.toUpperCase()),
  send: mutation({
    args: v.object({ author: v.id('users'), body: v.string() }),
    returns: v.id('messages'),
    handler: (ctx, { author, body }) => ctx.db.insert('messages', { author, body, likes: 0 }),
    optimistic: (store, { body }) => {
      expectType<Same<typeof body, string>>();
      store.setQuery(api.messages.first, {}, null);
    },
  }),
  clear: mutation({
    args: {},
    returns: v.null(),
    handler: async (ctx) => {
      for await (const message of ctx.db.query('messages')) await ctx.db.delete(message._id);
    },
  }),
  secret: internalQuery({ args: {}, handler: () => 42 }),
  count: query({ returns: { total: v.number() }, handler: async (ctx) => ({ total: await ctx.db.query('messages').count() }) }),
  notAFunction: 5,
};

type Api = ApiFromModules<{ messages: typeof messages; 'admin/tools': { secret: typeof messages.secret } }>;
type PublicApi = FilterApi<Api, 'public'>;
type InternalApi = FilterApi<Api, 'internal'>;
const api = createApi<PublicApi>();

// A module stays when nothing in it is public: to look whether there is something would be to look at every module.
expectType<Same<keyof PublicApi['admin']['tools'], never>>();
expectType<Same<keyof InternalApi['messages'], 'secret'>>();
expectType<Same<keyof InternalApi['admin']['tools'], 'secret'>>();
expectType<Same<keyof PublicApi['messages'], 'list' | 'first' | 'shout' | 'send' | 'clear' | 'count'>>();

type Messages = PublicApi['messages'];
expectType<Same<FunctionArgs<Messages['list']>, { author: Id<'users'>; limit?: number }>>();
expectType<Same<FunctionReturnType<Messages['list']>, Doc<Model, 'messages'>[]>>();
expectType<Same<FunctionReturnType<Messages['first']>, Doc<Model, 'messages'> | null>>();
expectType<Same<FunctionArgs<Messages['shout']>, { text: string }>>();
expectType<Same<FunctionReturnType<Messages['shout']>, string>>();
expectType<Same<FunctionReturnType<Messages['send']>, Id<'messages'>>>();
expectType<Same<FunctionReturnType<Messages['clear']>, null>>();
expectType<Same<FunctionReturnType<Messages['count']>, { total: number }>>();
expectType<Same<Messages['send']['_type'], 'mutation'>>();

export async function actionCalls(ctx: ActionCtx<Model>, author: Id<'users'>): Promise<void> {
  const list = await ctx.runQuery(api.messages.list, { author });
  expectType<Same<typeof list, Doc<Model, 'messages'>[]>>();
  await ctx.runQuery(api.messages.first);
  await ctx.runMutation(api.messages.clear, {});
  // @ts-expect-error author is required
  await ctx.runQuery(api.messages.list);
  // @ts-expect-error there is no such argument
  await ctx.runQuery(api.messages.list, { author, order: 'desc' });
  // @ts-expect-error an id of another table
  await ctx.runQuery(api.messages.list, { author: 'x' as Id<'messages'> });
  // @ts-expect-error a mutation is not run as a query
  await ctx.runQuery(api.messages.send, { author, body: '' });
  // @ts-expect-error internal functions are not in the public api
  await ctx.runQuery(api.messages.secret, {});
}

export async function reads(ctx: QueryCtx<Model>, user: Id<'users'>, message: Id<'messages'>): Promise<void> {
  expectType<Same<Awaited<ReturnType<typeof first>>, Doc<Model, 'users'> | null>>();
  const first = () => ctx.db.get(user);
  await ctx.db.get('users', user);
  const taken: Doc<Model, 'users'>[] = await ctx.db.query('users').take(5).collect();
  await ctx.db
    .query('users')
    .withIndex('by_city_and_name', (q) => q.eq('address.city', 'Rome').gte('name', 'A').lt('name', 'B'))
    .collect();
  await ctx.db
    .query('users')
    .filter((q) => q.and(q.eq(q.field('name'), 'Ada'), q.neq(q.field('email'), undefined)))
    .first();
  await ctx.db.query('users').order('desc', 'name').filter('name', 'gt', 'A').unique();
  for (const each of taken) expectType<Same<typeof each.email, string | undefined>>();

  // @ts-expect-error an id of another table
  await ctx.db.get('users', message);
  // @ts-expect-error there is no such table
  ctx.db.query('user');
  // @ts-expect-error there is no such index
  ctx.db.query('users').withIndex('by_name');
  // @ts-expect-error the fields of an index come in order
  ctx.db.query('users').withIndex('by_city_and_name', (q) => q.eq('name', 'Ada'));
  // @ts-expect-error a city is text
  ctx.db.query('users').withIndex('by_city_and_name', (q) => q.eq('address.city', 5));
  // @ts-expect-error nothing comes after both bounds
  ctx.db.query('users').withIndex('by_city_and_name', (q) => q.gt('address.city', 'A').lt('address.city', 'B').eq('name', 'C'));
  // @ts-expect-error the index is over
  ctx.db.query('messages').withIndex('by_author', (q) => q.eq('author', user).eq('_creationTime', 1).eq('likes', 1));
  // @ts-expect-error there is no such field
  ctx.db.query('users').filter((q) => q.eq(q.field('nme'), 'Ada'));
  // @ts-expect-error a name is text
  ctx.db.query('users').filter('name', 'eq', 5);
  // @ts-expect-error there is no such operator
  ctx.db.query('users').filter('name', 'like', 'A');
  // @ts-expect-error a condition is a boolean
  ctx.db.query('users').filter((q) => q.field('name'));
  // @ts-expect-error a query does not write
  await ctx.db.insert('users', { name: 'Ada', address: { city: 'Rome' } });
}

mutation({
  args: { user: v.id('users') },
  handler: async (ctx, { user }) => {
    await ctx.db.patch(user, { name: 'Ada', email: undefined });
    await ctx.db.patch('users', user, { address: { city: 'Rome' } });
    await ctx.db.replace(user, { name: 'Ada', address: { city: 'Rome' } });
    const document = await ctx.db.get(user);
    if (document !== null) await ctx.db.replace('users', user, document);
    // @ts-expect-error there is no such field
    await ctx.db.patch(user, { nme: 'Ada' });
    // @ts-expect-error name is required
    await ctx.db.insert('users', { address: { city: 'Rome' } });
    // @ts-expect-error the database sets the id
    await ctx.db.insert('users', { _id: user, name: 'Ada', address: { city: 'Rome' } });
    // @ts-expect-error a name is text
    await ctx.db.replace(user, { name: 5, address: { city: 'Rome' } });
  },
});

// @ts-expect-error the handler returns what `returns` does not allow
query({ args: {}, returns: v.string(), handler: () => 5 });
// @ts-expect-error the handler takes what `args` does not give
query({ args: { a: v.string() }, handler: (_ctx, args: { a: number }) => args.a });
// @ts-expect-error a query has no optimistic update
query({ args: {}, handler: () => null, optimistic: () => undefined });

// Without a schema everything is let through, and ctx is still typed.
untypedQuery({
  args: { list: v.string() },
  handler: async (ctx, { list }) => {
    const items = await ctx.db
      .query('items')
      .withIndex('by_list', (q) => q.eq('list', list).gt('position', 5))
      .collect();
    const found = await ctx.db
      .query('items')
      .filter((q) => q.eq(q.field('list'), list))
      .filter('list', 'eq', list)
      .first();
    return [...items, found];
  },
});
action(async (ctx, { url }: { url: string }) => {
  expectType<Same<typeof url, string>>();
  await ctx.runMutation(api.messages.clear);
  return (await fetch(url)).status;
});

const http = httpRouter();
http.route({ path: '/hook', method: 'POST', handler: httpAction(async (_ctx, request) => new Response(request.url)) });
http.route({ pathPrefix: '/files/', method: 'GET', handler: httpAction(() => new Response()) });
// @ts-expect-error a route has a path or a prefix
http.route({ method: 'GET', handler: httpAction(() => new Response()) });
// @ts-expect-error a route is answered by an httpAction
http.route({ path: '/hook', method: 'GET', handler: messages.list });
// @ts-expect-error there is no such method
http.route({ path: '/hook', method: 'FETCH', handler: httpAction(() => new Response()) });

/** A wrapper as convex-helpers writes them: whatever the builder takes, it takes. */
const reference: FunctionReference<'query'> = api.messages.list;
export { reference };
