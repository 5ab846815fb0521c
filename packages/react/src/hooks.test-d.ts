/** What the compiler knows of hooks, and what it refuses. Checked by tsc; never run. */
import { type ApiFromModules, action, createApi, mutation, paginationOptsValidator, query, v } from '@betterbase/core';
import * as convex from './convex/index.ts';
import { useAction, useMutation, usePaginatedQuery, useQueries, useQuery } from './index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<_Claim extends true>(): void {}

const list = query({ args: { owner: v.string() }, returns: v.array(v.string()), handler: () => ['milk'] });
const count = query({ args: {}, handler: () => 3 });
const add = mutation({ args: { text: v.string() }, handler: () => 'id' });
const run = action({ args: { format: v.optional(v.string()) }, handler: () => true });
const pages = query({
  args: { owner: v.string(), paginationOpts: paginationOptsValidator },
  handler: () => ({ page: [{ text: 'milk' }], isDone: true, continueCursor: '' }),
});
const plainPages = query({
  args: { cursor: v.nullable(v.string()), numItems: v.number() },
  handler: () => ({ page: ['milk'], isDone: true, cursor: '' }),
});
const api =
  createApi<
    ApiFromModules<{
      todos: {
        list: typeof list;
        count: typeof count;
        add: typeof add;
        run: typeof run;
        pages: typeof pages;
        plainPages: typeof plainPages;
      };
    }>
  >();
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

export function Listings(isSignedIn: boolean): void {
  const listing = usePaginatedQuery(todos.pages, isSignedIn ? { owner: 'ann' } : 'skip', { initialNumItems: 20 });
  expectType<Equal<typeof listing.results, { text: string }[]>>();
  listing.loadMore();
  expectType<Equal<ReturnType<typeof usePaginatedQuery<typeof todos.plainPages>>['results'], string[]>>();
  usePaginatedQuery(todos.plainPages, {});
  const shown = convex.usePaginatedQuery(todos.pages, { owner: 'ann' }, { initialNumItems: 20 });
  expectType<Equal<typeof shown.results, { text: string }[]>>();
  expectType<Equal<typeof shown.status, 'LoadingFirstPage' | 'CanLoadMore' | 'LoadingMore' | 'Exhausted'>>();

  // @ts-expect-error: the owner is missing
  usePaginatedQuery(todos.pages, {});
  // @ts-expect-error: which page it is, the hook says
  usePaginatedQuery(todos.pages, { owner: 'ann', paginationOpts: { cursor: null, numItems: 3 } });
  // @ts-expect-error: it returns no pages
  usePaginatedQuery(todos.list, { owner: 'ann' });
  // @ts-expect-error: Convex's hook must be told how many items the first page has
  convex.usePaginatedQuery(todos.pages, { owner: 'ann' });
  // @ts-expect-error: Convex's loadMore must be told how many more
  shown.loadMore();
}

export function Guesses(): void {
  convex.useMutation(todos.add).withOptimisticUpdate((store, { text }) => {
    convex.insertAtTop({ paginatedQuery: todos.pages, argsToMatch: { owner: 'ann' }, localQueryStore: store, item: { text } });
    convex.optimisticallyUpdateValueInPaginatedQuery(store, todos.pages, { owner: 'ann' }, (item) => ({ text: item.text + text }));
    // @ts-expect-error: an item has a text
    convex.insertAtBottomIfLoaded({ paginatedQuery: todos.pages, localQueryStore: store, item: { name: text } });
  });
}

/** A wrapper for any listing, as apps and libraries for Convex have them. */
export function useWrapped<Ref extends convex.PaginatedQueryReference>(
  ref: Ref,
  args: convex.PaginatedQueryArgs<Ref>,
): convex.UsePaginatedQueryReturnType<Ref> {
  return convex.usePaginatedQuery(ref, args, { initialNumItems: 10 });
}

export function Wrapped(): void {
  const { results } = useWrapped(todos.pages, { owner: 'ann' });
  expectType<Equal<typeof results, { text: string }[]>>();
  // @ts-expect-error: Convex's hook wants paginationOpts
  convex.usePaginatedQuery(todos.plainPages, {}, { initialNumItems: 10 });
}
