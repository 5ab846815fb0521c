/**
 * Takes a SQL table from one layout to another, with its documents, which both layouts must be able to hold.
 *
 * Columns that come or go with fields nobody has, and hidden key columns, are added and dropped in place; anything else
 * writes the table anew.
 */
import { isSameJson, type StoredDocument } from '@betterbase/engine';
import { canStay, columnChanges } from '../sql/column-changes.ts';
import { quote } from '../sql/identifier.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import { renameTableTexts } from '../sql/table-texts.ts';
import { eachDocument } from './each-document.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { createIdIndex, createIndex, createSqlTable, dropIndex } from './table-ddl.ts';

export function createTable(disk: SqlDisk, table: EmbeddedTable): void {
  createSqlTable(disk, table);
  createIndexes(disk, table);
}

/** @throws BetterBaseError `document/not-unique` */
export function createIndexes(disk: SqlDisk, table: EmbeddedTable): void {
  createIdIndex(disk, table);
  for (const index of table.layout.indexes) createIndex(disk, table, index);
}

/**
 * Both are at the same place, but for the table's name in SQL.
 *
 * @throws BetterBaseError `document/not-unique`, `document/too-large`
 */
export function alterTable(disk: SqlDisk, old: EmbeddedTable, next: EmbeddedTable): void {
  const isSame = isSameJson(old.layout, next.layout);
  if (isSame || canStay(old.layout, next.layout)) {
    renameTable(disk, old.place.sqlName, next.place.sqlName);
    if (!isSame) alterInPlace(disk, old, next);
    next.sides.takeOver(old.sides);
  } else {
    rewriteTable(disk, old, next, (document) => document);
    createIndexes(disk, next);
    next.sides.takeOver(old.sides);
  }
}

export function renameTable(disk: SqlDisk, from: string, to: string): void {
  for (const text of renameTableTexts(from, to)) disk.write(text);
}

function alterInPlace(disk: SqlDisk, old: EmbeddedTable, next: EmbeddedTable): void {
  const { texts, newKeys, newIndexes } = columnChanges(sqlite, old.layout, next.layout, next.place);
  for (const text of texts) disk.write(text);
  if (newKeys.length > 0) fillKeys(disk, next, newKeys);
  for (const index of newIndexes) createIndex(disk, next, index);
}

function fillKeys(disk: SqlDisk, table: EmbeddedTable, keys: readonly string[]): void {
  const positions = keys.map((key) => table.codec.columns.findIndex((column) => column.name === key));
  const text = `UPDATE ${quote(table.place.sqlName)} SET ${keys.map((key) => `${key} = ?`).join(', ')} WHERE _seq = ?`;
  eachDocument(disk, quote(table.place.sqlName), table.codec, (document) => {
    const row = table.codec.encode(document);
    disk.write(text, ...positions.map((position) => row[position] ?? null), document._creationTime * 4096);
    return true;
  });
}

/** Writes every document anew, as `change` gives it; those that it gives null for are left out. Then the table has no indexes. */
export function rewriteTable(
  disk: SqlDisk,
  old: EmbeddedTable,
  next: EmbeddedTable,
  change: (document: StoredDocument) => StoredDocument | null,
): void {
  const aside = quote('_bb_old');
  for (const index of [...old.layout.indexes.map(({ name }) => name), 'by_id']) dropIndex(disk, old.place, index);
  disk.write(`ALTER TABLE ${quote(old.place.sqlName)} RENAME TO ${aside}`);
  createSqlTable(disk, next);
  eachDocument(disk, aside, old.codec, (document, updatedTime) => {
    const changed = change(document);
    if (changed !== null) next.insert(changed, updatedTime);
    return true;
  });
  disk.write(`DROP TABLE ${aside}`);
}
