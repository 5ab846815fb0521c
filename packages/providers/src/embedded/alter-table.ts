/**
 * Takes a SQL table from one layout to another, with its documents, which both layouts must be able to hold.
 *
 * Columns that come or go with fields nobody has, and hidden key columns, are added and dropped in place; anything else
 * writes the table anew.
 */
import { type ColumnLayout, type IndexLayout, isSameJson, type TableLayout } from '@betterbase/engine';
import { sqlTypes } from './column-codec.ts';
import { eachDocument } from './each-document.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import { keyColumn, quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import { createIdIndex, createIndex, createSqlTable, dropIndex } from './table-ddl.ts';

export function createTable(disk: SqlDisk, table: EmbeddedTable): void {
  createSqlTable(disk, table);
  createIdIndex(disk, table);
  for (const index of table.layout.indexes) createIndex(disk, table, index);
}

/** @throws BetterBaseError `document/not-unique`, `document/too-large` */
export function alterTable(disk: SqlDisk, old: EmbeddedTable, next: EmbeddedTable): void {
  if (isSameJson(old.layout, next.layout)) return;
  if (canStay(old.layout, next.layout)) alterInPlace(disk, old, next);
  else rewrite(disk, old, next);
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
  const table = quote(next.name);
  const [oldIndexes, nextIndexes] = [byName(old.layout.indexes), byName(next.layout.indexes)];
  for (const index of oldIndexes.values()) {
    if (!isSameJson(index, nextIndexes.get(index.name))) dropIndex(disk, old.name, index.name);
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
  const text = `UPDATE ${quote(table.name)} SET ${keys.map((key) => `${key} = ?`).join(', ')} WHERE _seq = ?`;
  eachDocument(disk, quote(table.name), table.codec, (document) => {
    const row = table.codec.encode(document);
    disk.write(text, ...positions.map((position) => row[position] ?? null), document._creationTime * 4096);
    return true;
  });
}

function rewrite(disk: SqlDisk, old: EmbeddedTable, next: EmbeddedTable): void {
  const aside = quote('_bb_old');
  for (const index of [...old.layout.indexes.map(({ name }) => name), 'by_id']) dropIndex(disk, old.name, index);
  disk.write(`ALTER TABLE ${quote(old.name)} RENAME TO ${aside}`);
  createSqlTable(disk, next);
  eachDocument(disk, aside, old.codec, (document, updatedTime) => {
    next.insert(document, updatedTime);
    return true;
  });
  disk.write(`DROP TABLE ${aside}`);
  createIdIndex(disk, next);
  for (const index of next.layout.indexes) createIndex(disk, next, index);
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
