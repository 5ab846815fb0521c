import { fieldAt, type IndexLayout, notUnique } from '@betterbase/engine';
import { columnsOfIndex, type EmbeddedTable } from './embedded-table.ts';
import type { TablePlace } from './table-place.ts';
import { indexName, quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import { isUniqueViolation } from './unique-violation.ts';

/** The SQL table alone; its indexes are quicker to make when the rows are there. */
export function createSqlTable(disk: SqlDisk, table: EmbeddedTable): void {
  const columns = table.codec.columns.map(({ name, type }) => `, ${name} ${type}`);
  disk.write(
    `CREATE TABLE ${quote(table.place.sqlName)} (_seq INTEGER PRIMARY KEY, _id TEXT NOT NULL, _creationTime REAL GENERATED ALWAYS AS (_seq / 4096.0) VIRTUAL, _updatedTime REAL NOT NULL${columns.join('')})`,
  );
}

export function createIdIndex(disk: SqlDisk, table: EmbeddedTable): void {
  disk.write(`CREATE UNIQUE INDEX ${indexName(table.place.home, 'by_id')} ON ${quote(table.place.sqlName)} (_id)`);
}

/** @throws BetterBaseError `document/not-unique` */
export function createIndex(disk: SqlDisk, table: EmbeddedTable, index: IndexLayout): void {
  const kind = index.unique ? 'UNIQUE INDEX' : 'INDEX';
  try {
    disk.write(
      `CREATE ${kind} ${indexName(table.place.home, index.name)} ON ${quote(table.place.sqlName)} (${columnsOfIndex(index).join(', ')})`,
    );
  } catch (error) {
    throw isUniqueViolation(error) ? (firstClash(disk, table, index, error) ?? error) : error;
  }
}

export function dropIndex(disk: SqlDisk, { home }: TablePlace, index: string): void {
  disk.write(`DROP INDEX ${indexName(home, index)}`);
}

function firstClash(disk: SqlDisk, table: EmbeddedTable, index: IndexLayout, cause: unknown): Error | null {
  const columns = columnsOfIndex(index).join(', ');
  const [row] = disk.read(
    `SELECT ${table.codec.selected} FROM ${quote(table.place.sqlName)} WHERE _seq IN (SELECT MIN(_seq) FROM ${quote(table.place.sqlName)} GROUP BY ${columns} HAVING COUNT(*) > 1) ORDER BY _seq LIMIT 1`,
  );
  if (row === undefined) return null;
  const document = table.codec.decode(row);
  const same = columnsOfIndex(index).map((column) => `one.${column} = other.${column}`);
  const rows = disk.read(
    `SELECT other._id FROM ${quote(table.place.sqlName)} one JOIN ${quote(table.place.sqlName)} other ON ${same.join(' AND ')} WHERE one._id = ? ORDER BY other._seq LIMIT 5`,
    document._id,
  );
  const values = index.fields.map((field) => fieldAt(document, field));
  return notUnique({ table: table.name, index: index.name, fields: index.fields, values, ids: rows.map(([id]) => String(id)) }, cause);
}
