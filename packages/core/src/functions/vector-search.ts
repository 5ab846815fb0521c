import type { Doc, GenericDataModel, TableInfo, TableNames, ValueAt, VectorIndexInfo } from '../schema/data-model.ts';
import type { Id } from '../values/value.ts';

declare const vectorFilter: unique symbol;

export interface VectorFilter {
  readonly [vectorFilter]: true;
}

/** The `q` of a vector search's `filter`: one `eq`, or several joined by `or`. */
export interface VectorFilterBuilder<Document, Index extends VectorIndexInfo> {
  /** `undefined` matches a missing field. */
  eq<Field extends Index['filterFields']>(field: Field, value: ValueAt<Document, Field>): VectorFilter;
  or(...filters: VectorFilter[]): VectorFilter;
}

export interface VectorSearchOptions<Table extends TableInfo, Index extends VectorIndexInfo> {
  /** Of as many numbers as the index has dimensions. */
  readonly vector: readonly number[];
  /** From 1 to 256, 10 unless told. */
  readonly limit?: number;
  /** Only documents that pass are compared. */
  readonly filter?: (q: VectorFilterBuilder<Table['document'], Index>) => VectorFilter;
}

/**
 * The documents whose vectors are nearest by the cosine of their angle, the nearest first. Exact.
 *
 * @example ctx.vectorSearch('songs', 'by_embedding', { vector, limit: 20, filter: (q) => q.eq('genre', 'jazz') })
 */
export type VectorSearch<Model extends GenericDataModel> = <
  Table extends TableNames<Model>,
  Name extends keyof Model[Table]['vectorIndexes'] & string,
>(
  table: Table,
  index: Name,
  options: VectorSearchOptions<Model[Table], Model[Table]['vectorIndexes'][Name]>,
) => Promise<{ readonly _id: Id<Table>; readonly _score: number }[]>;

export interface SimilarityOptions {
  /** A `v.vector()` field, `embedding` unless told. */
  readonly column?: string;
  /** From 1 to 256, 10 unless told. */
  readonly topK?: number;
  /** The greatest distance. */
  readonly threshold?: number;
  /** `cosine` unless told. Distances: 1 - cosine; euclidean; the inner product below zero. */
  readonly metric?: 'cosine' | 'euclidean' | 'inner_product';
}

/** A document and how far it is from what was asked for. */
export type Similar<Model extends GenericDataModel, Table extends TableNames<Model>> = Doc<Model, Table> & { readonly distance: number };
