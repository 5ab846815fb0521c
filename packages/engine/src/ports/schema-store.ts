import type { SchemaChange, SchemaManifest } from '@betterbase/protocol';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';

export interface Migration {
  readonly schema: SchemaManifest;
  readonly deployment: string;
  readonly basedOn: number;
  readonly version: number;
}

export interface MigrationResult {
  readonly schema: NormalizedSchema;
  readonly changes: readonly SchemaChange[];
}

/** Changes of shape. */
export interface SchemaStore {
  /**
   * Checks every document against the new schema, changes the tables, and records deployment and version: all, or nothing.
   * Tables that are no longer named stay (`active: false`) if they hold documents, else they go.
   *
   * @throws BetterBaseError `schema/documents-break-it` (details: the first offenders, with id, path, what was expected),
   *   `document/not-unique`, `schema/too-many-columns`.
   */
  migrate(migration: Migration): Promise<MigrationResult>;
}
