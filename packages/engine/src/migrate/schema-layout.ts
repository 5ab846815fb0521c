import type { IndexManifest, ValidatorJson } from '@betterbase/protocol';

/** The schema as a store keeps it: every table has a number that its ids carry. */
export interface NormalizedSchema {
  readonly tables: readonly NormalizedTable[];
}

export interface NormalizedTable {
  readonly name: string;
  /** Part of every id of this table; never given to another table. From 1. */
  readonly number: number;
  readonly document: ValidatorJson;
  readonly indexes: readonly IndexManifest[];
  /** False for a table that left the schema with documents in it: kept, hidden from functions. */
  readonly active: boolean;
}
