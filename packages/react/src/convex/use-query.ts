import type { FunctionLike, RestArgs, ResultOf } from '@betterbase/client';
import { useQueryState } from '../use-query-state.ts';

/**
 * The result of a query, always fresh; undefined while it is loading, and for `"skip"` as arguments.
 *
 * @throws the query's error, to the nearest error boundary.
 */
export function useQuery<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref> | ['skip']): ResultOf<Ref> | undefined {
  const { state } = useQueryState<ResultOf<Ref>>(ref, args);
  if (state?.status === 'error') throw state.error;
  return state?.data;
}
