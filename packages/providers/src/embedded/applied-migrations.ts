/** Which migration functions have run, on disk: in the documents' database, because they are remembered with what they changed. */
import type { AppliedMigration, Migration } from '@betterbase/engine';
import type { SqlDisk } from '../disk/sql-disk.ts';

export function recordApplied(
  disk: SqlDisk,
  { migrations = [], deployment, now = 0 }: Migration,
  documentsIn: (table: string) => number,
): void {
  for (const { name, table } of migrations)
    disk.write(
      'INSERT INTO _bb_migrations (name, table_name, deployment, at, documents) VALUES (?, ?, ?, ?, ?)',
      name,
      table,
      deployment,
      now,
      documentsIn(table),
    );
}

export function readApplied(disk: SqlDisk): AppliedMigration[] {
  const rows = disk.read('SELECT name, table_name, deployment, at, documents FROM _bb_migrations ORDER BY number');
  return rows.map(([name, table, deployment, at, documents]) => ({
    name: String(name),
    table: String(table),
    deployment: String(deployment),
    at: Number(at),
    documents: Number(documents),
  }));
}
