import { usePaginatedQuery } from '@betterbase/react';
import { useMemo } from 'react';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import type { Message } from './message';

const pageSize = 50;

/** Messages before those on screen. */
export interface Older {
  readonly state: 'none' | 'there' | 'loading';
  readonly load: () => void;
}

export interface Messages {
  /** Oldest first; undefined while the newest load. */
  readonly messages: readonly Message[] | undefined;
  readonly older: Older;
  /** Why there is nothing to show. */
  readonly error: Error | null;
}

const states = {
  CanLoadMore: 'there',
  LoadingMore: 'loading',
  LoadingFirstPage: 'none',
  Exhausted: 'none',
  Error: 'none',
  Skipped: 'none',
} as const;

export function useMessages(channel: Id<'channels'>): Messages {
  const { results, status, loadMore, error } = usePaginatedQuery(api.queries.messages.list, { channel }, { initialNumItems: pageSize });
  const oldestFirst = useMemo(() => results.toReversed(), [results]);
  return {
    messages: status === 'LoadingFirstPage' ? undefined : oldestFirst,
    older: { state: states[status], load: loadMore },
    error: results.length === 0 ? error : null,
  };
}
