import type { SearchRead } from '../ports/search-store.ts';

/** What one run has read: index intervals, documents by id, searches. */
export interface ReadSet {
  readonly ranges: readonly ReadRange[];
  readonly ids: ReadonlySet<string>;
  readonly searches: readonly ReadSearch[];
}

/** [lower, upper) in the keys of one index. */
export interface ReadRange {
  readonly table: string;
  readonly index: string;
  readonly lower: string;
  readonly upper: string;
}

/** A search depends on the documents that it finds: any of them, before or after a write, may be among the best. */
export type ReadSearch = Omit<SearchRead, 'limit'>;
