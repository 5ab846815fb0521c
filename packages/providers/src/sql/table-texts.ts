/** SQL texts that make and unmake a table of documents and its indexes. */
import { type IndexLayout } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import { indexName, quote } from './identifier.ts';
import { columnsOfIndex, type SqlTable } from './sql-table.ts';
import type { TablePlace } from './table-place.ts';

type TextTable = Pick<SqlTable, 'place' | 'codec'>;

/** What SQL puts into the store's own columns where a statement leaves them out. */
export interface OwnDefaults {
  /** null: it has a place by itself. */
  readonly seq: string | null;
  readonly id: string;
  readonly updatedTime: string;
}

/** The SQL table alone; its indexes are quicker to make when the rows are there. */
export function createTableText({ place: { sqlName, home }, codec: { columns, dialect } }: TextTable, defaults?: OwnDefaults): string {
  const { types } = dialect;
  const byDefault = (value: string | null | undefined): string => (value == null ? '' : ` DEFAULT (${value})`);
  const own = [
    `${dialect.seq(indexName(dialect, home, 'by_creation_time'))}${byDefault(defaults?.seq)}`,
    `_id ${types.id} NOT NULL${byDefault(defaults?.id)}`,
    dialect.creationTime,
    `"_updatedTime" ${types.real} NOT NULL${byDefault(defaults?.updatedTime)}`,
  ];
  return `CREATE TABLE ${dialect.quote(sqlName)} (${[...own, ...columns.map(({ name, type }) => `${name} ${type}`)].join(', ')})`;
}

export function createIdIndexText({ place: { home, sqlName }, codec: { dialect } }: TextTable): string {
  return `CREATE UNIQUE INDEX ${indexName(dialect, home, 'by_id')} ON ${dialect.quote(sqlName)} (_id)`;
}

export function createIndexText({ place: { home, sqlName }, codec: { dialect } }: TextTable, index: IndexLayout): string {
  const kind = index.unique ? 'UNIQUE INDEX' : 'INDEX';
  // SQLite has the row's place in every index; PostgreSQL is told, where it does not make the key another.
  const columns = index.unique || !dialect.namesPlace ? columnsOfIndex(dialect, index) : [...columnsOfIndex(dialect, index), '_seq'];
  return `CREATE ${kind} ${indexName(dialect, home, index.name)} ON ${dialect.quote(sqlName)} (${columns.join(', ')})`;
}

export function dropIndexText(dialect: SqlDialect, { home }: TablePlace, index: string): string {
  return `DROP INDEX ${indexName(dialect, home, index)}`;
}

/** SQLite does not rename a table to what differs in case only. */
export function renameTableTexts(from: string, to: string): readonly string[] {
  if (from === to) return [];
  const aside = quote('_bb_old');
  return [`ALTER TABLE ${quote(from)} RENAME TO ${aside}`, `ALTER TABLE ${aside} RENAME TO ${quote(to)}`];
}

/** The first document whose key in an index another has too. */
export function firstClashText({ place, codec: { dialect, selected } }: TextTable, index: IndexLayout): string {
  const columns = columnsOfIndex(dialect, index).join(', ');
  const table = dialect.quote(place.sqlName);
  return `SELECT ${selected} FROM ${table} WHERE _seq IN (SELECT MIN(_seq) FROM ${table} GROUP BY ${columns} HAVING COUNT(*) > 1) ORDER BY _seq LIMIT 1`;
}

/** The ids of documents that have the key of the one with an id. */
export function sameKeyText({ place, codec: { dialect } }: TextTable, index: IndexLayout): string {
  const same = columnsOfIndex(dialect, index).map((column) => `one.${column} = other.${column}`);
  const table = dialect.quote(place.sqlName);
  return `SELECT other._id FROM ${table} one JOIN ${table} other ON ${same.join(' AND ')} WHERE one._id = ? ORDER BY other._seq LIMIT 5`;
}
