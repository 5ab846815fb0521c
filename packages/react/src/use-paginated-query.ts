import type { CallError, FunctionLike } from '@betterbase/client';
import { useMemo } from 'react';
import { asItems, type ItemOf, type ListingArgs, type Paginated } from './pages/paginated.ts';
import { usePages } from './pages/use-pages.ts';

/** What a component knows of a listing. `results` stay while the client reconnects, and beside an error that follows them. */
export interface PaginatedQueryResult<Item> {
  /** The documents of all pages loaded so far, always fresh. */
  readonly results: Item[];
  readonly status: 'LoadingFirstPage' | 'CanLoadMore' | 'LoadingMore' | 'Exhausted' | 'Error' | 'Skipped';
  /** How many documents `loadMore()` asks for. */
  readonly pageSize: number;
  /** Asks for the next page. Does nothing unless more can be loaded. */
  readonly loadMore: (numItems?: number) => void;
  readonly isLoading: boolean;
  /** Nothing comes after `results`. */
  readonly isDone: boolean;
  readonly isError: boolean;
  readonly error: CallError | null;
}

/**
 * A listing that is loaded page by page. `"skip"` as arguments: not now.
 *
 * @example
 * const { results, status, loadMore } = usePaginatedQuery(api.queries.messages.list, { channel }, { initialNumItems: 50 });
 */
export function usePaginatedQuery<Ref extends FunctionLike<'query'>>(
  ref: Ref & Paginated<Ref>,
  args: ListingArgs<Ref> | 'skip',
  { initialNumItems: pageSize = 10 }: { readonly initialNumItems?: number } = {},
): PaginatedQueryResult<ItemOf<Ref>> {
  const isSkipped = args === 'skip';
  const pages = usePages(ref, args, pageSize);
  return useMemo(() => {
    const { results, error, loadMore } = pages;
    const status = isSkipped ? 'Skipped' : error !== null ? 'Error' : pages.status;
    return {
      results: asItems<Ref>(results),
      status,
      pageSize,
      loadMore: (numItems = pageSize) => loadMore(numItems),
      isLoading: status === 'LoadingFirstPage' || status === 'LoadingMore',
      isDone: status === 'Exhausted',
      isError: error !== null,
      error,
    };
  }, [pages, isSkipped, pageSize]);
}
