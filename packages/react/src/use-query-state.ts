import type { FunctionLike, ObservedQuery, QueryState } from '@betterbase/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from './provider.tsx';

export interface ObservedState<Data> {
  /** Null: skipped. */
  readonly query: ObservedQuery<Data> | null;
  readonly state: QueryState<Data> | null;
}

/** Keeps a query fresh while the component is mounted. `"skip"` as arguments: not now. */
export function useQueryState<Data>(ref: FunctionLike<'query'>, args: unknown): ObservedState<Data> {
  const client = useClient();
  const asked = args === 'skip' ? null : client.unchecked.observe<Data>(ref, args);
  // Every render makes the object anew; what counts is which query it is.
  // oxlint-disable-next-line react/exhaustive-deps
  const query = useMemo(() => asked, [client, asked?.key]);
  const store = useMemo(() => toStore(query), [query]);
  return { query, state: useSyncExternalStore(store.subscribe, store.current, store.onServer) };
}

interface Store<Data> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly current: () => QueryState<Data> | null;
  /** While a page is rendered on a server, and while it is hydrated, nothing is known. */
  readonly onServer: () => QueryState<Data> | null;
}

const loading = { status: 'loading', data: undefined, error: null } as const;
const skipped: Store<never> = { subscribe: () => () => {}, current: () => null, onServer: () => null };

function toStore<Data>(query: ObservedQuery<Data> | null): Store<Data> {
  if (query === null) return skipped;
  return { subscribe: (listener) => query.subscribe(listener), current: () => query.current(), onServer: () => loading };
}
