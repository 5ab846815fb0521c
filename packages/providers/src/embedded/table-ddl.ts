import { fieldAt, type IndexLayout, notUnique } from '@betterbase/engine';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { TablePlace } from '../sql/table-place.ts';
import { createIdIndexText, createIndexText, createTableText, dropIndexText, firstClashText, sameKeyText } from '../sql/table-texts.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { isUniqueViolation } from '../statements/unique-violation.ts';

/** The SQL table alone; its indexes are quicker to make when the rows are there. */
export function createSqlTable(disk: SqlDisk, table: EmbeddedTable): void {
  disk.write(createTableText(table));
}

export function createIdIndex(disk: SqlDisk, table: EmbeddedTable): void {
  disk.write(createIdIndexText(table));
}

/** @throws BetterBaseError `document/not-unique` */
export function createIndex(disk: SqlDisk, table: EmbeddedTable, index: IndexLayout): void {
  try {
    disk.write(createIndexText(table, index));
  } catch (error) {
    throw isUniqueViolation(error) ? (firstClash(disk, table, index, error) ?? error) : error;
  }
}

export function dropIndex(disk: SqlDisk, place: TablePlace, index: string): void {
  disk.write(dropIndexText(sqlite, place, index));
}

function firstClash(disk: SqlDisk, table: EmbeddedTable, index: IndexLayout, cause: unknown): Error | null {
  const [row] = disk.read(firstClashText(table, index));
  if (row === undefined) return null;
  const document = table.codec.decode(row);
  const rows = disk.read(sameKeyText(table, index), document._id);
  const values = index.fields.map((field) => fieldAt(document, field));
  return notUnique({ table: table.name, index: index.name, fields: index.fields, values, ids: rows.map(([id]) => String(id)) }, cause);
}
