import type { ArgsOf, FunctionLike, ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { type QueryResult, toResult } from './query-result.ts';
import { useQueryStates } from './use-query-states.ts';

export type QueryRequests<Refs extends Record<string, FunctionLike<'query'>>> = {
  readonly [Name in keyof Refs]: { readonly query: Refs[Name]; readonly args?: ArgsOf<Refs[Name]> | 'skip' } | 'skip';
};

export type QueryResults<Refs extends Record<string, FunctionLike<'query'>>> = {
  readonly [Name in keyof Refs]: QueryResult<ResultOf<Refs[Name]>>;
};

/**
 * The results of any number of queries, by name. There may be others in the next render.
 *
 * @example const results = useQueries({ todos: { query: api.todos.list, args: { owner } }, users: { query: api.users.list } });
 */
export function useQueries<Refs extends Record<string, FunctionLike<'query'>>>(requests: QueryRequests<Refs>): QueryResults<Refs> {
  const { group, states } = useQueryStates(requests);
  return useMemo(() => {
    const results = Object.entries(states).map(([name, state]) => [name, toResult(state, group.queries[name] ?? null)] as const);
    return asNamed<Refs>(Object.fromEntries(results));
  }, [group, states]);
}

/** Each request had a name; each result has the type its reference promises. */
function asNamed<Refs extends Record<string, FunctionLike<'query'>>>(results: Record<string, QueryResult<unknown>>): QueryResults<Refs> {
  return results as QueryResults<Refs>;
}
