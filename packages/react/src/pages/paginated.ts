/** What the compiler knows of queries that return pages. */
import type { ArgsOf, ResultOf } from '@betterbase/client';
import type { AnyValue, FunctionReference, PaginationOptions, PaginationResult } from '@betterbase/core';

/** A query that Convex's hook takes. */
export type PaginatedQueryReference = FunctionReference<
  'query',
  'public',
  { paginationOpts: PaginationOptions },
  PaginationResult<AnyValue>
>;

/** A query that returns pages; `never` for one that does not. */
export type Paginated<Ref> = ResultOf<Ref> extends { readonly page: readonly unknown[]; readonly isDone: boolean } ? Ref : never;

/** The arguments that say which listing it is. What says which page of it is added by the hook. */
export type ListingArgs<Ref> =
  ArgsOf<Ref> extends { readonly paginationOpts: unknown } ? Omit<ArgsOf<Ref>, 'paginationOpts'> : Omit<ArgsOf<Ref>, 'cursor' | 'numItems'>;

/** What the pages are made of. */
export type ItemOf<Ref> = ResultOf<Ref> extends { readonly page: readonly (infer Item)[] } ? Item : never;

/** What a page holds has the type that the reference promises. */
export function asItems<Ref>(results: readonly unknown[]): ItemOf<Ref>[] {
  return results as ItemOf<Ref>[];
}
