import type { Migration } from '../ports/schema-store.ts';
import type { MigrationManifest, SchemaManifest } from '@betterbase/protocol';

/** What a deployment brings. */
export interface SchemaTarget {
  /** With the system's tables. */
  readonly schema: SchemaManifest;
  readonly migrations: readonly MigrationManifest[];
}

/** The target as a migration that can be planned, where its functions are not at hand. */
export function plannable({ schema, migrations }: SchemaTarget): Required<Pick<Migration, 'schema' | 'migrations'>> {
  const migrate = (): never => {
    throw new Error('A migration was run where its function is not.');
  };
  return { schema, migrations: migrations.map((each) => ({ ...each, migrate })) };
}
