/** SQL texts that make and unmake a table of documents and its indexes. */
import { type IndexLayout } from '@betterbase/engine';
import { indexName, quote } from './identifier.ts';
import { columnsOfIndex, type SqlTable } from './sql-table.ts';
import type { TablePlace } from './table-place.ts';

type TextTable = Pick<SqlTable, 'place' | 'codec'>;

/** The SQL table alone; its indexes are quicker to make when the rows are there. */
export function createTableText({ place, codec }: TextTable): string {
  const columns = codec.columns.map(({ name, type }) => `, ${name} ${type}`);
  return `CREATE TABLE ${quote(place.sqlName)} (_seq INTEGER PRIMARY KEY, _id TEXT NOT NULL, _creationTime REAL GENERATED ALWAYS AS (_seq / 4096.0) VIRTUAL, _updatedTime REAL NOT NULL${columns.join('')})`;
}

export function createIdIndexText({ home, sqlName }: TablePlace): string {
  return `CREATE UNIQUE INDEX ${indexName(home, 'by_id')} ON ${quote(sqlName)} (_id)`;
}

export function createIndexText({ home, sqlName }: TablePlace, index: IndexLayout): string {
  const kind = index.unique ? 'UNIQUE INDEX' : 'INDEX';
  return `CREATE ${kind} ${indexName(home, index.name)} ON ${quote(sqlName)} (${columnsOfIndex(index).join(', ')})`;
}

export function dropIndexText({ home }: TablePlace, index: string): string {
  return `DROP INDEX ${indexName(home, index)}`;
}

/** SQLite does not rename a table to what differs in case only. */
export function renameTableTexts(from: string, to: string): readonly string[] {
  if (from === to) return [];
  const aside = quote('_bb_old');
  return [`ALTER TABLE ${quote(from)} RENAME TO ${aside}`, `ALTER TABLE ${aside} RENAME TO ${quote(to)}`];
}

/** The first document whose key in an index another has too. */
export function firstClashText({ place, codec }: TextTable, index: IndexLayout): string {
  const columns = columnsOfIndex(index).join(', ');
  const table = quote(place.sqlName);
  return `SELECT ${codec.selected} FROM ${table} WHERE _seq IN (SELECT MIN(_seq) FROM ${table} GROUP BY ${columns} HAVING COUNT(*) > 1) ORDER BY _seq LIMIT 1`;
}

/** The ids of documents that have the key of the one with an id. */
export function sameKeyText({ place }: TextTable, index: IndexLayout): string {
  const same = columnsOfIndex(index).map((column) => `one.${column} = other.${column}`);
  const table = quote(place.sqlName);
  return `SELECT other._id FROM ${table} one JOIN ${table} other ON ${same.join(' AND ')} WHERE one._id = ? ORDER BY other._seq LIMIT 5`;
}
