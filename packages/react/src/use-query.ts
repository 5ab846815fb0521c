import type { FunctionLike, RestArgs, ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import { type QueryResult, toResult } from './query-result.ts';
import { useQueryState } from './use-query-state.ts';

/**
 * The result of a query, always fresh. `"skip"` as arguments: not now.
 *
 * @example
 * const { data, isLoading } = useQuery(api.queries.todos.list, { owner });
 */
export function useQuery<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref> | ['skip']): QueryResult<ResultOf<Ref>> {
  const { query, state } = useQueryState<ResultOf<Ref>>(ref, args);
  return useMemo(() => toResult(state, query), [state, query]);
}
