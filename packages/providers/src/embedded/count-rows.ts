import { quote } from '../sql/identifier.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

/** How many documents a table has, by looking at all of them. */
export function countRows(disk: SqlDisk, table: string): number {
  return Number(disk.read(`SELECT COUNT(*) FROM ${quote(table)}`)[0]?.[0]);
}
