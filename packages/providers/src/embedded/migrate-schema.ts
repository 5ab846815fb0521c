import {
  checkDocuments,
  checkNames,
  diffSchemas,
  isSameJson,
  type Migration,
  type MigrationResult,
  type NormalizedTable,
  numberTables,
} from '@betterbase/engine';
import { alterTable, createTable } from './alter-table.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { quote } from './identifier.ts';
import { type LedgerState, recordMigration } from './ledger.ts';
import type { SqlDisk } from './sql-disk.ts';
import { TableCounts } from './table-counts.ts';

export interface Migrated {
  readonly state: LedgerState;
  readonly tables: ReadonlyMap<string, EmbeddedTable>;
  readonly counts: TableCounts;
  readonly changes: MigrationResult['changes'];
}

/** Carries out a migration inside the caller's transaction. Nothing of it shows in memory before the caller takes the result over. */
export function migrateSchema(
  disk: SqlDisk,
  old: LedgerState,
  { tables, counts: before }: Pick<Migrated, 'tables' | 'counts'>,
  migration: Migration,
): Migrated {
  const { schema: wanted, deployment, version } = migration;
  const numbered = numberTables(
    old.schema,
    wanted,
    old.nextTable,
    ({ name }) => disk.read(`SELECT 1 FROM ${quote(name)} LIMIT 1`).length > 0,
  );
  const known = new Map(old.schema.tables.map((table) => [table.name, table]));
  const schema = { tables: numbered.schema.tables.map((table) => keepIfSame(known.get(table.name), table)) };
  checkNames(schema);

  const changed = schema.tables.filter((table) => table !== known.get(table.name));
  const recheck = changed.filter((table) => table.active && !isSameJson(table.document, known.get(table.name)?.document));
  checkDocuments(
    recheck.flatMap(({ name }) => tables.get(name) ?? []),
    schema,
  );

  for (const { name } of numbered.gone) {
    tables.get(name)?.sides.drop();
    disk.write(`DROP TABLE ${quote(name)}`);
  }
  const migrated = new Map(schema.tables.map((table) => [table.name, tables.get(table.name) ?? null]));
  for (const table of changed) migrated.set(table.name, changeTable(disk, tables.get(table.name), table));

  const counts = TableCounts.count(schema, (table) => before.of(table));
  const state = { version, time: old.time, deployment, nextTable: numbered.nextNumber, schema, counts: counts.text(version) };
  recordMigration(disk, old.schema, state);
  return { state, tables: withoutNull(migrated), counts, changes: diffSchemas(old.schema, wanted) };
}

function changeTable(disk: SqlDisk, old: EmbeddedTable | undefined, table: NormalizedTable): EmbeddedTable {
  const next = new EmbeddedTable(disk, table);
  if (old === undefined) createTable(disk, next);
  else alterTable(disk, old, next);
  next.sides.takeOver(old?.sides ?? null);
  return next;
}

function keepIfSame(old: NormalizedTable | undefined, next: NormalizedTable): NormalizedTable {
  return old !== undefined && isSameJson(old, next) ? old : next;
}

function withoutNull(tables: ReadonlyMap<string, EmbeddedTable | null>): ReadonlyMap<string, EmbeddedTable> {
  return new Map([...tables].flatMap(([name, table]) => (table === null ? [] : [[name, table] as const])));
}
