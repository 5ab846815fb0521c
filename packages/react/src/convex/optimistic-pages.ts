/** Optimistic updates of listings, in Convex's words. */
import { compareValues, equalValues, type OptimisticStore, type Value } from '@betterbase/core';
import type { ItemOf, ListingArgs, PaginatedQueryReference } from '../pages/paginated.ts';
import { asValue, type ShownPage, shownPages } from './shown-pages.ts';

export interface InsertOptions<Ref> {
  readonly paginatedQuery: Ref;
  /** Only listings that were asked for with these; all that are loaded if it is left out. */
  readonly argsToMatch?: Partial<ListingArgs<Ref>>;
  readonly localQueryStore: OptimisticStore;
  readonly item: ItemOf<Ref>;
}

export interface InsertAtPositionOptions<Ref> extends InsertOptions<Ref> {
  /** As the query itself sorts. */
  readonly sortOrder: 'asc' | 'desc';
  readonly sortKeyFromItem: (item: ItemOf<Ref>) => Value | Value[];
}

/** Shows each loaded item of a listing as `updateValue` makes it. */
export function optimisticallyUpdateValueInPaginatedQuery<Ref extends PaginatedQueryReference>(
  localStore: OptimisticStore,
  query: Ref,
  args: ListingArgs<Ref>,
  updateValue: (item: ItemOf<Ref>) => ItemOf<Ref>,
): void {
  for (const { listing, items, show } of shownPages(localStore, query)) {
    if (equalValues(asValue(listing), asValue(args))) show(items.map((item) => updateValue(asItem<Ref>(item))));
  }
}

/** Shows an item as the first of each matching listing whose first page is loaded. */
export function insertAtTop<Ref extends PaginatedQueryReference>({
  paginatedQuery,
  argsToMatch,
  localQueryStore,
  item,
}: InsertOptions<Ref>): void {
  for (const { cursor, items, show } of shownPages(localQueryStore, paginatedQuery, argsToMatch)) {
    if (cursor === null) show([item, ...items]);
  }
}

/** Shows an item as the last of each matching listing that is loaded to its end. */
export function insertAtBottomIfLoaded<Ref extends PaginatedQueryReference>({
  paginatedQuery,
  argsToMatch,
  localQueryStore,
  item,
}: InsertOptions<Ref>): void {
  for (const { isDone, items, show } of shownPages(localQueryStore, paginatedQuery, argsToMatch)) {
    if (isDone) show([...items, item]);
  }
}

/** Shows an item at its place in each matching listing, if the pages around that place are loaded. */
export function insertAtPosition<Ref extends PaginatedQueryReference>(options: InsertAtPositionOptions<Ref>): void {
  const { paginatedQuery, argsToMatch, localQueryStore, item, sortOrder, sortKeyFromItem } = options;
  const key = sortKeyFromItem(item);
  /** Below 0: the other one comes first. */
  const placeOf = (other: unknown): number => compareValues(sortKeyFromItem(asItem<Ref>(other)), key) * (sortOrder === 'asc' ? 1 : -1);
  const pages = shownPages(localQueryStore, paginatedQuery, argsToMatch);
  for (const page of pages) {
    const { items, show } = page;
    if (!startsBefore(page, placeOf) || !endsAfter(page, pages, placeOf)) continue;
    const index = items.findIndex((other) => placeOf(other) >= 0);
    show(index === -1 ? [...items, item] : items.toSpliced(index, 0, item));
  }
}

/**
 * Convex numbers its listings and starts again here, for tests that look at the numbers. These have none, so that all
 * clients share a page: there is nothing to start again.
 */
export function resetPaginationId(): void {}

function startsBefore({ cursor, items }: ShownPage, placeOf: (item: unknown) => number): boolean {
  return cursor === null || (items.length > 0 && placeOf(items[0]) <= 0);
}

/** True also for a place between its last item and the first of the page that follows. */
function endsAfter(page: ShownPage, pages: readonly ShownPage[], placeOf: (item: unknown) => number): boolean {
  if (page.isDone || (page.items.length > 0 && placeOf(page.items.at(-1)) > 0)) return true;
  const isNext = ({ cursor, listing }: ShownPage): boolean => cursor === page.end && equalValues(asValue(listing), asValue(page.listing));
  return pages.some((next) => isNext(next) && next.items.length > 0 && placeOf(next.items[0]) > 0);
}

/** What a page holds has the type that its reference promises. */
function asItem<Ref>(item: unknown): ItemOf<Ref> {
  return item as ItemOf<Ref>;
}
