import { decodeValue, type OptimisticStore } from '@betterbase/core';
import { asPromised, encodeArgs, pathOf } from './function-call.ts';
import type { Results } from './sync/optimistic-layers.ts';
import { type QueryCall, toQueryCall } from './sync/query-call.ts';

/** What an optimistic update sees of the results. */
export function createOptimisticStore(results: Results): OptimisticStore {
  return {
    getQuery: (query, ...[args]) => asPromised(valueOf(results, toCall(pathOf(query), args))),
    getAllQueries: (query) =>
      results.calls(pathOf(query)).map((call) => ({ args: asPromised(decodeValue(call.args)), value: asPromised(valueOf(results, call)) })),
    setQuery: (query, args, value) => results.set(toCall(pathOf(query), args), value),
  };
}

/** An error counts as nothing known: there is no value to change. */
function valueOf(results: Results, call: QueryCall): ReturnType<typeof results.get>['data'] {
  const state = results.get(call);
  return state.status === 'success' ? state.data : undefined;
}

function toCall(path: string, args: unknown): QueryCall {
  return toQueryCall(path, encodeArgs(path, args));
}
