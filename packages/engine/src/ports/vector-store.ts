import type { DocumentWrite } from './document-store.ts';
import type { FieldEquals } from './search-store.ts';

export type VectorMetric = 'cosine' | 'euclidean' | 'inner_product';

export interface VectorRead {
  readonly table: string;
  readonly field: string;
  readonly vector: readonly number[];
  readonly metric: VectorMetric;
  /** A document must have one of these values; none: any document will do. */
  readonly anyOf: readonly FieldEquals[];
  /** Documents that score less are not wanted. */
  readonly leastScore: number;
  /** At most this many. */
  readonly limit: number;
}

export interface NearDocument {
  readonly id: string;
  /** As `vectorScore` gives it: the higher, the nearer. */
  readonly score: number;
}

export interface NearDocuments {
  readonly near: readonly NearDocument[];
  /** How many vectors were compared. */
  readonly compared: number;
}

/** Search by nearness of vectors. */
export interface VectorStore {
  /**
   * The nearest documents, as if `pending` had been committed: the nearest first, the newest first among equals. All of them,
   * unless a vector index on the field is `approximate`: then a store may pass over one in twenty. Scores are exact.
   * Documents whose field holds no vector of this length are passed over.
   */
  nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments>;
}
