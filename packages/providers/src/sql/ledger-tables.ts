/** The store's own tables: where it stands, its tables, what was answered, which migration functions have run. */
import type { NormalizedTable } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';

export const ledgerFormat = 1;

export function appliedTable({ types: { whole, real, numbered } }: SqlDialect): string {
  return `CREATE TABLE IF NOT EXISTS _bb_migrations (number ${numbered}, name TEXT NOT NULL UNIQUE,
    table_name TEXT NOT NULL, deployment TEXT NOT NULL, at ${real} NOT NULL, documents ${whole} NOT NULL)`;
}

/** For a database that has none of them. */
export function ledgerTables(dialect: SqlDialect): readonly string[] {
  const { whole, real } = dialect.types;
  return [
    `CREATE TABLE _bb_meta ("only" INTEGER PRIMARY KEY CHECK ("only" = 1), format INTEGER NOT NULL, version ${whole} NOT NULL,
      time ${real} NOT NULL, deployment TEXT, next_table INTEGER NOT NULL, counts TEXT)`,
    `CREATE TABLE _bb_tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, manifest TEXT NOT NULL, active INTEGER NOT NULL)`,
    // In SQLite, only `INTEGER` makes the version the row's own place.
    `CREATE TABLE _bb_outcomes (version ${whole} PRIMARY KEY, session TEXT, id TEXT NOT NULL, identity TEXT NOT NULL, outcome TEXT,
      time ${real} NOT NULL, recorded_at ${real} NOT NULL, counts TEXT)`,
    `CREATE UNIQUE INDEX _bb_outcomes_by_request ON _bb_outcomes (session, id) WHERE session IS NOT NULL`,
    appliedTable(dialect),
    `CREATE TABLE _bb_outcome_parts (version ${whole} NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (version, part))${dialect.byKey}`,
  ];
}

export const firstMeta: SqlText = {
  sql: 'INSERT INTO _bb_meta ("only", format, version, time, deployment, next_table) VALUES (1, ?, 0, 0, NULL, 1)',
  params: [ledgerFormat],
};

/** What `tableOf` reads. */
export const tablesText = 'SELECT number, name, manifest, active FROM _bb_tables ORDER BY number';

export function tableOf([number, name, manifest, active]: SqlRow): { readonly table: NormalizedTable; readonly place: TablePlace } {
  // Written by `writeTable` alone.
  const { document, indexes, home } = JSON.parse(String(manifest)) as Pick<NormalizedTable, 'document' | 'indexes'> & Partial<TablePlace>;
  return {
    table: { number: Number(number), name: String(name), document, indexes, active: active === 1 },
    place: { sqlName: String(name), home: home ?? String(name) },
  };
}

/** Of a table that is not noted, or was forgotten: names may go from one to another. */
export function writeTable({ number, name, document, indexes, active }: NormalizedTable, home: string): SqlText {
  const manifest = JSON.stringify({ document, indexes, ...(home === name ? {} : { home }) });
  return {
    sql: 'INSERT INTO _bb_tables (number, name, manifest, active) VALUES (?, ?, ?, ?)',
    params: [number, name, manifest, active ? 1 : 0],
  };
}

export function forgetTable(number: number): SqlText {
  return { sql: 'DELETE FROM _bb_tables WHERE number = ?', params: [number] };
}
