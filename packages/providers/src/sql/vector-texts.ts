import type { IndexManifest } from '@betterbase/core';
import type { VectorRead } from '@betterbase/engine';
import type { SideTexts } from './side-texts.ts';
import type { SqlText } from './sql-value.ts';

/** Whether an index of directions can answer this at all. */
export function fitsCosine(
  { vectorField, dimensions, filterFields }: VectorManifest,
  { field, vector, metric, anyOf }: VectorRead,
): boolean {
  const isOurs = field === vectorField && vector.length === dimensions && metric === 'cosine';
  return isOurs && anyOf.every((filter) => filterFields.includes(filter.field));
}

export type VectorManifest = Extract<IndexManifest, { kind: 'vector' }>;

/** A vector index that the database itself compares by, with numbers that are near enough to say which vectors to look at. */
export interface VectorTexts extends SideTexts {
  readonly manifest: VectorManifest;
  /** The SQL table that it is, as it stands in SQL. */
  readonly name: string;
  /** How far a score that it gives may be off. */
  readonly doubt: number;

  /** Whether it can answer this at all. */
  fits(read: VectorRead): boolean;

  /**
   * The statements that find the best, `selected` and their scores in rows of the last one, in no order. Of those that pass the
   * filters none is passed over, unless the index is approximate.
   */
  find(read: VectorRead, selected: string, most: number): readonly SqlText[];
}
