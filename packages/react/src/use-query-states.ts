import type { FunctionLike } from '@betterbase/client';
import { useMemo, useSyncExternalStore } from 'react';
import { ObservedGroup, type States } from './observed-group.ts';
import { useClient } from './provider.tsx';

export interface QueryRequest {
  readonly query: FunctionLike<'query'>;
  readonly args?: unknown;
}

export interface ObservedStates {
  readonly group: ObservedGroup;
  readonly states: States;
}

/** Keeps several queries fresh while the component is mounted. There may be others, or more, in every render. */
export function useQueryStates(requests: Readonly<Record<string, QueryRequest | 'skip'>>): ObservedStates {
  const client = useClient();
  const asked = Object.entries(requests).map(([name, request]) => {
    const isSkipped = request === 'skip' || request.args === 'skip';
    return [name, isSkipped ? null : client.unchecked.observe<unknown>(request.query, request.args)] as const;
  });
  const identity = JSON.stringify(asked.map(([name, query]) => [name, query?.key]));
  // Every render makes the objects anew; what counts is which queries they are.
  // oxlint-disable-next-line react/exhaustive-deps
  const group = useMemo(() => new ObservedGroup(Object.fromEntries(asked)), [client, identity]);
  return { group, states: useSyncExternalStore(group.subscribe, group.current, group.onServer) };
}
