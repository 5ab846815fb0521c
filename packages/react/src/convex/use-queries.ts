import type { CallError, FunctionLike, ResultOf } from '@betterbase/client';
import { useMemo } from 'react';
import type { QueryRequests } from '../use-queries.ts';
import { useQueryStates } from '../use-query-states.ts';

type Refs = Record<string, FunctionLike<'query'>>;
type Results<Asked extends Refs> = { readonly [Name in keyof Asked]: ResultOf<Asked[Name]> | CallError | undefined };

/** The results of any number of queries, by name: a value, the query's error, or undefined while it is loading. */
export function useQueries<Asked extends Refs>(requests: QueryRequests<Asked>): Results<Asked> {
  const { states } = useQueryStates(requests);
  return useMemo(() => asNamed<Asked>(Object.entries(states).map(([name, state]) => [name, state?.error ?? state?.data])), [states]);
}

/** Each request had a name; each result has the type its reference promises. */
function asNamed<Asked extends Refs>(results: Iterable<readonly [string, unknown]>): Results<Asked> {
  return Object.fromEntries(results) as Results<Asked>;
}
