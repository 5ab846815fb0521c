import type { DocumentWrite, FoundDocument, SearchRead } from '@betterbase/engine';
import type { SearchManifest } from './dialect.ts';
import type { SqlRow, SqlText } from './sql-value.ts';

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
