import type { IndexManifest } from '@betterbase/core';
import type { DocumentWrite, FoundDocument, SearchRead, StoredDocument } from '@betterbase/engine';
import type { SideTexts } from './side-texts.ts';
import type { SqlRow, SqlText } from './sql-value.ts';

export type SearchManifest = Extract<IndexManifest, { kind: 'search' }>;

/** Makes documents of rows that begin with what it wants selected. */
export interface RowReader {
  readonly selected: string;
  decode(row: SqlRow): StoredDocument;
}

/** Full-text search over one field. */
export interface SearchTexts extends SideTexts {
  readonly manifest: SearchManifest;

  find(read: SearchRead): SqlText;

  /** The documents of rows that `find` found; `pending` had been applied. */
  found(rows: Iterable<SqlRow>, read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[];
}
