/** What makes and unmakes a table elsewhere, with what is kept beside it. */
import { createIdIndexText, createIndexText, createTableText, type OwnDefaults } from '../sql/table-texts.ts';
import type { RemoteTable } from './remote-table.ts';

/** @param defaults for programs that do not know of the store's own columns */
export function createTexts(table: RemoteTable, defaults?: OwnDefaults): readonly string[] {
  return [createTableText(table.sql, defaults), ...indexTexts(table.sql), ...table.sideTexts];
}

export function indexTexts(table: RemoteTable['sql']): readonly string[] {
  return [createIdIndexText(table), ...table.layout.indexes.map((index) => createIndexText(table, index))];
}

export function dropTexts({ sql, sides }: RemoteTable): readonly string[] {
  return [...[...sides.values()].flatMap((side) => side.dropTexts), `DROP TABLE ${sql.sqlName}`];
}
