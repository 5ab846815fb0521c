import { type BetterBaseClient, BetterBaseError, type CallError, type FunctionLike, isBetterBaseError } from '@betterbase/client';
import { isPlainObject } from '@betterbase/core';
import { useMemo, useState } from 'react';
import type { States } from '../observed-group.ts';
import { useClient } from '../provider.tsx';
import { useQueryStates } from '../use-query-states.ts';
import {
  firstPage,
  nextPage,
  type Page,
  type PageList,
  readPages,
  type PageRequest,
  requestName,
  requestsIn,
  splitPages,
} from './page-list.ts';
import { readPage } from './read-page.ts';

export interface Pages {
  readonly results: readonly unknown[];
  readonly status: 'LoadingFirstPage' | 'CanLoadMore' | 'LoadingMore' | 'Exhausted';
  /** Why some page is not what it should be; its last good content is shown as long as there is one. */
  readonly error: CallError | null;
  /** Does nothing unless more can be loaded. */
  readonly loadMore: (numItems: number) => void;
}

interface Listing {
  readonly client: BetterBaseClient;
  /** Null: skipped. */
  readonly key: string | null;
  readonly list: PageList;
}

/** Keeps the pages of a listing fresh while the component is mounted. `"skip"` as arguments: not now. */
export function usePages(ref: FunctionLike<'query'>, args: unknown, numItems: number): Pages {
  const client = useClient();
  const key = args === 'skip' ? null : client.unchecked.observe(ref, args).key;
  const restart = (): Listing => ({ client, key, list: key === null ? [] : firstPage(numItems) });
  const [held, hold] = useState(restart);
  const listing = held.client === client && held.key === key ? held : restart();

  const own = isPlainObject(args) ? args : {};
  const asked = requestsIn(listing.list).map(
    (request) => [requestName(request), { query: ref, args: { ...own, paginationOpts: request } }] as const,
  );
  const { states } = useQueryStates(Object.fromEntries(asked));
  const list = isLost(listing.list, states) ? restart().list : splitPages(listing.list, (request) => pageOf(states, request));
  const next = list === listing.list ? listing : { ...listing, list };
  // React renders again at once, before anybody sees the old pages.
  if (next !== held) hold(next);

  return useMemo(() => {
    const { items, last } = readPages(list, (request) => pageOf(states, request));
    const loadMore = (more: number): void => {
      if (last === null || last.isDone) return;
      const tail = list.at(-1);
      // A second call before the next render is for a page that has been asked for already.
      hold((now) => (now.list.at(-1) === tail ? { ...now, list: nextPage(now.list, { numItems: more, cursor: last.end }) } : now));
    };
    return { results: items, status: statusOf(list, last), error: errorIn(list, states), loadMore };
  }, [list, states]);
}

function statusOf(list: PageList, last: Page | null): Pages['status'] {
  if (last !== null) return last.isDone ? 'Exhausted' : 'CanLoadMore';
  return list.length > 1 ? 'LoadingMore' : 'LoadingFirstPage';
}

/** A later page starts at a place that is none any more: the listing is another one since. */
function isLost(list: PageList, states: States): boolean {
  return requestsIn(list).some((request) => {
    const error = states[requestName(request)]?.error ?? null;
    return isBetterBaseError(error) && error.code === 'query/bad-cursor' && (request.cursor !== null || request.endCursor !== undefined);
  });
}

/** The last good content of a page. */
function pageOf(states: States, request: PageRequest): Page | null {
  return readPage(states[requestName(request)]?.data);
}

function errorIn(list: PageList, states: States): CallError | null {
  for (const request of requestsIn(list)) {
    const state = states[requestName(request)];
    if (state?.status === 'error') return state.error;
    if (state?.status === 'success' && readPage(state.data) === null) return noPages();
  }
  return null;
}

function noPages(): BetterBaseError {
  return new BetterBaseError('query/bad-page', 'This query returns no pages.', {
    hint: 'Return what paginate() gives: { page, isDone, continueCursor }.',
  });
}
