import type { Value } from '@betterbase/core';
import type { DocumentWrite, StoredDocument } from './document-store.ts';

/** A field that must have this value; `undefined`: must be missing. */
export interface FieldEquals {
  readonly field: string;
  readonly value: Value | undefined;
}

/** What a search asks for, in terms as `search/terms.ts` makes them. */
export interface SearchRead {
  readonly table: string;
  readonly index: string;
  /** The field that the index searches. */
  readonly field: string;
  /** A document matches if it has one of these terms, or one that begins with `prefix`. */
  readonly terms: readonly string[];
  readonly prefix: string | null;
  readonly filters: readonly FieldEquals[];
  /** At most this many documents. */
  readonly limit: number;
}

export interface FoundDocument {
  readonly document: StoredDocument;
  /** The higher, the better it matches. */
  readonly score: number;
}

/** Full-text search. */
export interface SearchStore {
  /**
   * The documents that match best, as if `pending` had been committed: by BM25 (k1 1.2, b 0.75, over the documents that
   * have terms in the field), the newest first where scores are equal to nine decimals.
   *
   * @throws BetterBaseError `index/not-found`
   */
  search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]>;
}
