import type { RangeRead, StoredDocument } from '../ports/document-store.ts';
import type { CatalogTable } from './table-catalog.ts';
import type { Transaction } from './transaction.ts';

export type ScanRange = Omit<RangeRead, 'limit' | 'table' | 'where'>;

/** One reading of an index range. */
export interface Scan {
  /** The next document, or null at the end. `ahead`: how many to fetch at once if none are waiting. */
  next(ahead: number): Promise<StoredDocument | null>;
  /** The next `count` documents, fewer only at the end. */
  take(count: number): Promise<StoredDocument[]>;
}

/** What queries read through: a transaction, or what somebody may see of it. */
export interface ReadView extends Pick<Transaction, 'catalog' | 'pages' | 'notes' | 'get' | 'count' | 'search' | 'nearest'> {
  scan(table: CatalogTable, range: ScanRange): Scan;
}
