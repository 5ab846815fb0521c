import type { SearchIndexInfo, ValueAt } from '../schema/data-model.ts';

declare const searchFilter: unique symbol;

/** A finished search, what the callback of `withSearchIndex` returns. */
export interface SearchFilter {
  readonly [searchFilter]: true;
}

/** The `q` of `withSearchIndex(name, q => …)`: what to search for, then what to filter by. */
export interface SearchFilterBuilder<Document, Index extends SearchIndexInfo> {
  /** Documents that have any of the words, or a word that begins with the last one. */
  search(field: Index['searchField'], text: string): SearchFilters<Document, Index>;
}

export interface SearchFilters<Document, Index extends SearchIndexInfo> extends SearchFilter {
  /** `undefined` matches a missing field. */
  eq<Field extends Index['filterFields']>(field: Field, value: ValueAt<Document, Field>): SearchFilters<Document, Index>;
}
