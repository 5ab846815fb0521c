/** What the compiler knows of hooks, and what it refuses. Checked by tsc; never run. */
import { type ApiFromModules, action, createApi, mutation, query, v } from '@betterbase/core';
import * as convex from './convex/index.ts';
import { useAction, useMutation, useQueries, useQuery } from './index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<_Claim extends true>(): void {}

const list = query({ args: { owner: v.string() }, returns: v.array(v.string()), handler: () => ['milk'] });
const count = query({ args: {}, handler: () => 3 });
const add = mutation({ args: { text: v.string() }, handler: () => 'id' });
const run = action({ args: { format: v.optional(v.string()) }, handler: () => true });
const api = createApi<ApiFromModules<{ todos: { list: typeof list; count: typeof count; add: typeof add; run: typeof run } }>>();
const { todos } = api;

export function Queries(isSignedIn: boolean): void {
  const result = useQuery(todos.list, { owner: 'ann' });
  expectType<Equal<typeof result.data, string[] | undefined>>();
  if (result.status === 'success') expectType<Equal<typeof result.data, string[]>>();
  if (result.isLoading) expectType<Equal<typeof result.data, undefined>>();
  if (result.isError) result.error.message satisfies string;
  useQuery(todos.count);
  useQuery(todos.count, {});
  useQuery(todos.count, 'skip');
  useQuery(todos.list, isSignedIn ? { owner: 'ann' } : 'skip');
  useQuery('todos:list', { owner: 'ann' });

  // @ts-expect-error: the arguments are missing
  useQuery(todos.list);
  // @ts-expect-error: the owner is a string
  useQuery(todos.list, { owner: 1 });
  // @ts-expect-error: this is a mutation
  useQuery(todos.add, { text: 'milk' });
}

export function Several(isSignedIn: boolean): void {
  const results = useQueries({
    list: { query: todos.list, args: { owner: 'ann' } },
    count: isSignedIn ? { query: todos.count, args: {} } : 'skip',
  });
  expectType<Equal<typeof results.list.data, string[] | undefined>>();
  expectType<Equal<typeof results.count.data, number | undefined>>();

  // @ts-expect-error: the owner is a string
  useQueries({ list: { query: todos.list, args: { owner: 1 } } });
}

export async function Calls(): Promise<void> {
  const adding = useMutation(todos.add);
  expectType<Equal<ReturnType<typeof adding.mutateAsync>, Promise<string>>>();
  expectType<Equal<ReturnType<typeof adding.mutate>, void>>();
  expectType<Equal<typeof adding.data, string | undefined>>();
  expectType<Equal<typeof adding.optimisticData, { text: string } | undefined>>();
  adding.mutate({ text: 'milk' });
  adding.withOptimisticUpdate((store, args) => store.setQuery(todos.list, { owner: args.text }, [])).mutate({ text: 'milk' });
  const running = useAction(todos.run);
  running.mutate();
  expectType<Equal<typeof running.data, boolean | undefined>>();

  // @ts-expect-error: the text is a string
  adding.mutate({ text: 1 });
  // @ts-expect-error: the arguments are missing
  adding.mutate();
  // @ts-expect-error: this is a query
  useMutation(todos.list);
  // @ts-expect-error: this is a mutation
  useAction(todos.add);
}

export async function Convex(isSignedIn: boolean): Promise<void> {
  const shown = convex.useQuery(todos.list, isSignedIn ? { owner: 'ann' } : 'skip');
  expectType<Equal<typeof shown, string[] | undefined>>();
  const adding = convex.useMutation(todos.add).withOptimisticUpdate((store, { text }) => store.setQuery(todos.list, { owner: text }, []));
  const id = await adding({ text: 'milk' });
  expectType<Equal<typeof id, string>>();
  const isDone = await convex.useAction(todos.run)();
  expectType<Equal<typeof isDone, boolean>>();
  const several = convex.useQueries({ list: { query: todos.list, args: { owner: 'ann' } } });
  several.list satisfies string[] | Error | undefined;

  // @ts-expect-error: the text is a string
  await adding({ text: 1 });
}
