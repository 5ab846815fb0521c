import { useMemo } from 'react';
import { asItems, type ItemOf, type ListingArgs, type PaginatedQueryReference } from '../pages/paginated.ts';
import { type Pages, usePages } from '../pages/use-pages.ts';

/** The documents of all pages loaded so far, always fresh, and how to get more. */
export interface UsePaginatedQueryResult<Item> {
  readonly results: Item[];
  readonly status: Pages['status'];
  readonly isLoading: boolean;
  /** Does nothing unless `status` is `CanLoadMore`. */
  readonly loadMore: (numItems: number) => void;
}

/** What `usePaginatedQuery` returns for this query. */
export type UsePaginatedQueryReturnType<Ref extends PaginatedQueryReference> = UsePaginatedQueryResult<ItemOf<Ref>>;

/**
 * A listing that is loaded page by page. `"skip"` as arguments: not now.
 *
 * @throws the error of any of its pages, to the nearest error boundary.
 */
export function usePaginatedQuery<Ref extends PaginatedQueryReference>(
  ref: Ref,
  args: ListingArgs<Ref> | 'skip',
  { initialNumItems }: { readonly initialNumItems: number },
): UsePaginatedQueryResult<ItemOf<Ref>> {
  const { results, status, error, loadMore } = usePages(ref, args, initialNumItems);
  if (error !== null) throw error;
  return useMemo(
    () => ({ results: asItems<Ref>(results), status, isLoading: status === 'LoadingFirstPage' || status === 'LoadingMore', loadMore }),
    [results, status, loadMore],
  );
}
