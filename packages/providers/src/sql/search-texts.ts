import type { IndexManifest } from '@betterbase/core';
import type { DocumentWrite, FoundDocument, SearchRead, StoredDocument } from '@betterbase/engine';
import type { SqlRow, SqlText } from './sql-value.ts';

export type SearchManifest = Extract<IndexManifest, { kind: 'search' }>;

/** Makes documents of rows that begin with what it wants selected. */
export interface RowReader {
  readonly selected: string;
  decode(row: SqlRow): StoredDocument;
}

/** Full-text search over one field, as SQL texts. */
export interface SearchTexts {
  readonly manifest: SearchManifest;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];

  find(read: SearchRead): SqlText;

  /** What takes the index from the documents before to those after. */
  apply(writes: readonly DocumentWrite[]): readonly SqlText[];

  /** The documents of rows that `find` found; `pending` had been applied. */
  found(rows: Iterable<SqlRow>, read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[];
}
