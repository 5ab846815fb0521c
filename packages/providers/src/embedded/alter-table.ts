/**
 * Takes a SQL table from one layout to another, with its documents, which both layouts must be able to hold.
 *
 * Columns that come or go with fields nobody has, and hidden key columns, are added and dropped in place; anything else
 * writes the table anew.
 */
import { type ColumnLayout, type IndexLayout, isSameJson, type StoredDocument, type TableLayout } from '@betterbase/engine';
import { sqlTypes } from './column-codec.ts';
import { eachDocument } from './each-document.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import { keyColumn, quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
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

/** SQLite does not rename a table to what differs in case only. */
export function renameTable(disk: SqlDisk, from: string, to: string): void {
  if (from === to) return;
  const aside = quote('_bb_old');
  disk.write(`ALTER TABLE ${quote(from)} RENAME TO ${aside}`);
  disk.write(`ALTER TABLE ${aside} RENAME TO ${quote(to)}`);
}

/** Whether no document's field changes its place, and every NULL that is there will mean the same. */
function canStay(old: TableLayout, next: TableLayout): boolean {
  if (old.extraFields === null || next.extraFields === null) {
    return old.extraFields === next.extraFields && old.columns.length === 0 && next.columns.length === 0;
  }
  const [oldExtra, nextExtra] = [new Set(old.extraFields), new Set(next.extraFields)];
  const columns = byName(next.columns);
  return (
    next.columns.every((column) => !oldExtra.has(column.name)) &&
    old.columns.every((column) => {
      const kept = columns.get(column.name);
      if (kept === undefined) return !nextExtra.has(column.name);
      return kept.kind === column.kind && (column.nullMeans === 'missing' || kept.nullMeans === 'null');
    })
  );
}

function alterInPlace(disk: SqlDisk, old: EmbeddedTable, next: EmbeddedTable): void {
  const table = quote(next.place.sqlName);
  const [oldIndexes, nextIndexes] = [byName(old.layout.indexes), byName(next.layout.indexes)];
  for (const index of oldIndexes.values()) {
    if (!isSameJson(index, nextIndexes.get(index.name))) dropIndex(disk, old.place, index.name);
  }

  const [oldColumns, nextColumns] = [byName(old.layout.columns), byName(next.layout.columns)];
  const [oldKeys, nextKeys] = [keyFields(old.layout), keyFields(next.layout)];
  const [goneKeys, newKeys] = [missingFrom(nextKeys, oldKeys), missingFrom(oldKeys, nextKeys)];
  const goneColumns = [...oldColumns.keys()].filter((name) => !nextColumns.has(name));
  for (const column of [...goneColumns.map(quote), ...goneKeys.map(keyColumn)]) disk.write(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  for (const column of nextColumns.values()) {
    if (!oldColumns.has(column.name)) disk.write(`ALTER TABLE ${table} ADD COLUMN ${quote(column.name)} ${sqlTypes[column.kind]}`);
  }
  for (const index of newKeys) disk.write(`ALTER TABLE ${table} ADD COLUMN ${keyColumn(index)} BLOB`);

  if (newKeys.length > 0) fillKeys(disk, next, newKeys.map(keyColumn));
  for (const index of nextIndexes.values()) {
    if (!isSameJson(index, oldIndexes.get(index.name))) createIndex(disk, next, index);
  }
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

/** The indexes that have a hidden column, with what is in it. */
function keyFields(layout: TableLayout): ReadonlyMap<string, string> {
  return new Map(layout.indexes.filter((index) => index.by === 'key').map((index) => [index.name, JSON.stringify(index.fields)]));
}

function missingFrom(here: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>): string[] {
  return [...there].filter(([name, fields]) => here.get(name) !== fields).map(([name]) => name);
}

function byName<T extends ColumnLayout | IndexLayout>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}
