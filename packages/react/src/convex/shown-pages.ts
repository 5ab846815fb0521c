import { equalValues, type FunctionReference, isPlainObject, type OptimisticStore, type Value } from '@betterbase/core';
import { readPage } from '../pages/read-page.ts';

/** A page that is loaded, as an optimistic update sees it. */
export interface ShownPage {
  /** The arguments without those that say which page it is. */
  readonly listing: Readonly<Record<string, unknown>>;
  /** Null: it is the first. */
  readonly cursor: unknown;
  readonly items: readonly unknown[];
  readonly isDone: boolean;
  /** Where the next page starts. */
  readonly end: string;
  /** Shows these items until the mutation's real result is there. */
  readonly show: (items: readonly unknown[]) => void;
}

/** The loaded pages of listings with these arguments. While a page is being split, both it and its halves are there. */
export function shownPages(store: OptimisticStore, query: FunctionReference<'query'>, argsToMatch: object = {}): readonly ShownPage[] {
  return store.getAllQueries(query).flatMap(({ args, value }) => {
    const page = readPage(value);
    if (page === null || !isPlainObject(args)) return [];
    const { paginationOpts, ...listing } = args;
    if (
      !isPlainObject(paginationOpts) ||
      !Object.entries(argsToMatch).every(([name, wanted]) => equalValues(asValue(wanted), asValue(listing[name])))
    )
      return [];
    const { items, isDone, end } = page;
    return [
      {
        listing,
        cursor: paginationOpts['cursor'],
        items,
        isDone,
        end,
        show: (shown) => store.setQuery(query, args, { ...value, page: shown }),
      },
    ];
  });
}

/** Arguments were encoded before, so each of them is a value. */
export function asValue(argument: unknown): Value | undefined {
  return argument as Value | undefined;
}
