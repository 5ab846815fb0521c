/** What the compiler knows of calls, and what it refuses. Checked by tsc; never run. */
import { type AnyApi, type ApiFromModules, createApi, type FunctionReference, mutation, query, v } from '@betterbase/core';
import type { BetterBaseClient, ConnectionState, QueryState } from './index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<_Claim extends true>(): void {}

declare const client: BetterBaseClient;

const list = query({ args: { owner: v.string(), limit: v.optional(v.number()) }, returns: v.array(v.string()), handler: () => ['milk'] });
const count = query({ args: {}, handler: () => 3 });
const add = mutation({ args: { text: v.string() }, handler: () => 'id' });
const clear = mutation({ args: { owner: v.optional(v.string()) }, handler: () => null });
const api =
  createApi<
    ApiFromModules<{
      'queries/todos': { list: typeof list; count: typeof count };
      'mutations/todos': { add: typeof add; clear: typeof clear };
    }>
  >();
declare const internal: { readonly secret: FunctionReference<'query', 'internal', Record<never, never>, number> };

export async function results(): Promise<void> {
  const todos = await client.query(api.queries.todos.list, { owner: 'ann' });
  expectType<Equal<typeof todos, string[]>>();
  const total = await client.query(api.queries.todos.count);
  expectType<Equal<typeof total, number>>();
  const id = await client.mutation(api.mutations.todos.add, { text: 'milk' });
  expectType<Equal<typeof id, string>>();
  await client.mutation(api.mutations.todos.clear);

  const watched = client.watch(api.queries.todos.list, { owner: 'ann' }, (shown) => expectType<Equal<typeof shown, string[]>>());
  expectType<Equal<ReturnType<typeof watched.current>, QueryState<string[]>>>();
  const state = watched.current();
  if (state.status === 'success') expectType<Equal<typeof state.data, string[]>>();
  if (state.status === 'loading') expectType<Equal<typeof state.data, undefined>>();

  const stop = client.subscribe(api.queries.todos.count, {}, (shown) => expectType<Equal<typeof shown, number>>());
  expectType<Equal<typeof stop, () => void>>();
  expectType<Equal<ReturnType<typeof client.connectionState>, ConnectionState>>();
}

export async function byPath(): Promise<void> {
  await client.query('queries/todos:list', { owner: 'ann' });
  await client.query('queries/todos:count');
  client.watch('queries/todos:count', {}, (shown: number) => shown);
  await client.mutation('mutations/todos:add', { text: 'milk' }, { optimistic: (store) => store.setQuery(api.queries.todos.count, {}, 1) });
}

/** Without generated types any function is called with anything. */
export async function untyped(anyApi: { readonly todos: AnyApi }): Promise<void> {
  const { list, add } = anyApi.todos;
  if (list === undefined || add === undefined) return;
  await client.query(list, { owner: 'ann' });
  await client.mutation(add);
}

export async function optimistic(): Promise<void> {
  await client.mutation(
    api.mutations.todos.add,
    { text: 'milk' },
    {
      optimistic: (store, args) => {
        expectType<Equal<typeof args, { text: string }>>();
        const before = store.getQuery(api.queries.todos.list, { owner: 'ann' });
        expectType<Equal<typeof before, string[] | undefined>>();
        store.setQuery(api.queries.todos.list, { owner: 'ann' }, [...(before ?? []), args.text]);
        store.setQuery(api.queries.todos.list, { owner: 'ann' }, undefined);
        // @ts-expect-error: the list holds strings
        store.setQuery(api.queries.todos.list, { owner: 'ann' }, [1]);
      },
    },
  );
  await client.mutation(api.mutations.todos.clear, {}, { optimistic: (store) => store.setQuery(api.queries.todos.count, {}, 0) });
  client.registerOptimistic(api.mutations.todos.add, (_store, args) => expectType<Equal<typeof args, { text: string }>>());
  client.registerOptimistic(api.mutations.todos.add, add);
}

export async function mistakes(): Promise<void> {
  // @ts-expect-error: the arguments are missing
  await client.query(api.queries.todos.list);
  // @ts-expect-error: the owner is a string
  await client.query(api.queries.todos.list, { owner: 1 });
  // @ts-expect-error: there is no such argument
  await client.query(api.queries.todos.list, { owner: 'ann', color: 'red' });
  // @ts-expect-error: this is a mutation
  await client.query(api.mutations.todos.add, { text: 'milk' });
  // @ts-expect-error: this is a query
  await client.mutation(api.queries.todos.count, {});
  // @ts-expect-error: this is no action
  await client.action(api.mutations.todos.add, { text: 'milk' });
  // @ts-expect-error: internal functions are not for clients
  await client.query(internal.secret);
  // @ts-expect-error: the result is a number
  client.watch(api.queries.todos.count, {}, (shown: string) => shown);
  // @ts-expect-error: there is no such function
  await client.query(api.queries.todos.nothing);
}
