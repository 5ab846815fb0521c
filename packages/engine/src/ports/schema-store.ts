import type { AppliedMigration, SchemaChange, SchemaManifest } from '@betterbase/protocol';
import type { NamedMigration } from '../migrate/document-change.ts';
export type { AppliedMigration } from '@betterbase/protocol';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';

export interface Migration {
  readonly schema: SchemaManifest;
  readonly deployment: string;
  readonly basedOn: number;
  readonly version: number;
  /** When this is, ms. */
  readonly now?: number;
  /** The migration functions that have not run, in order; they are remembered as run. */
  readonly migrations?: readonly NamedMigration[];
}

export interface MigrationResult {
  readonly schema: NormalizedSchema;
  readonly changes: readonly SchemaChange[];
}

/** Changes of shape. */
export interface SchemaStore {
  /**
   * Moves documents to the new names of tables and fields, changes them by migration functions and defaults, checks every
   * document against the new schema, changes the tables, and records deployment and version: all, or nothing. Documents keep
   * their ids. Tables that are no longer named stay (`active: false`) if they hold documents, else they go; fields that are
   * no longer named go.
   *
   * @throws BetterBaseError `schema/documents-break-it` (details: the first offenders, with id, path, what was expected, and
   *   how many there are), `migration/failed`, `document/not-unique`, `schema/too-many-columns`, `schema/bad-rename`.
   */
  migrate(migration: Migration): Promise<MigrationResult>;

  /** The migration functions that have run, oldest first. */
  appliedMigrations(): Promise<readonly AppliedMigration[]>;

  /** How many documents of a table, which may have left the schema, have a field. Without a field: how many there are. */
  holding(table: string, field?: string): Promise<number>;
}
