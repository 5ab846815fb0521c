import { BetterBaseError, isMigration } from '@betterbase/core';
import type { SchemaManifest } from '@betterbase/protocol';
import type { NamedMigration } from '../migrate/document-change.ts';
import type { AppModule } from './app-module.ts';

const folder = 'migrations/';

/**
 * The app's migration functions in the order of their names: what the modules below `migrations` export.
 *
 * @throws BetterBaseError `migration/bad-definition` when one is for a table that the schema does not have
 */
export function appMigrations({ modules }: Pick<AppModule, 'modules'>, schema: SchemaManifest): readonly NamedMigration[] {
  const tables = new Set(schema.tables.map(({ name }) => name));
  const found = Object.entries(modules).flatMap(([path, exports]) =>
    path.startsWith(folder) ? Object.entries(exports).flatMap((each) => toMigration(path.slice(folder.length), ...each)) : [],
  );
  for (const { name, table } of found) {
    if (tables.has(table)) continue;
    throw new BetterBaseError(
      'migration/bad-definition',
      `Migration \`${name}\` is for table \`${table}\`, which the schema does not have.`,
      {
        hint: 'Name the table as the schema names it now. A migration that has run everywhere can be deleted.',
      },
    );
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function toMigration(path: string, exportName: string, value: unknown): NamedMigration[] {
  if (!isMigration(value)) return [];
  const { table, migrate } = value;
  return [{ name: exportName === 'default' ? path : `${path}:${exportName}`, table, migrate }];
}
