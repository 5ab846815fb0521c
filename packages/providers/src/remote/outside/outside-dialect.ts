import type { SqlTable } from '../../sql/sql-table.ts';
import type { SqlRow } from '../../sql/sql-value.ts';
import type { OwnDefaults } from '../../sql/table-texts.ts';

/** What makes the database note others' writes to one table. */
export interface Watch {
  /** By which it is known that it is there. */
  readonly triggers: readonly string[];
  readonly createTexts: readonly string[];
  /** Good where it is not there, too, but the table must be. */
  readonly dropTexts: readonly string[];
}

/** How databases note what others write. */
export interface OutsideDialect {
  /** So that a program need not know of the store's own columns. */
  readonly defaults: OwnDefaults;
  /** What a table's defaults need, besides the tables of the log. */
  readonly tables: readonly string[];
  /** @param number of the table, by which its rows in the log are known */
  readonly watch: (table: SqlTable, number: number) => Watch;
  /** What there is: names of columns, of indexes and of triggers, each behind the name of its table. */
  readonly catalogue: { readonly columns: string; readonly indexes: string; readonly triggers: string };
  /** A row as a trigger wrote it down, as `rowColumns` has it. */
  readonly decodeImage: (text: string) => SqlRow;
}

/** Rows without an id get one that begins so, until they are mended. */
export const provisionalId = 'new:';

/** What the image of a row holds, in order: as `TableCodec.decode` wants it, then hidden keys, then `_updatedTime`. */
export function rowColumns({ codec }: Pick<SqlTable, 'codec'>): readonly string[] {
  return ['_seq', '_id', ...codec.columns.map(({ name }) => name), '"_updatedTime"'];
}

/** D1 takes no more arguments of one function. */
const mostArguments = 30;

/** A list of lists in JSON: one list might have too many arguments. */
export function listOfLists(make: 'json_array' | 'json_build_array', values: readonly string[]): string {
  const lists: string[] = [];
  for (let at = 0; at < values.length; at += mostArguments) lists.push(`${make}(${values.slice(at, at + mostArguments).join(', ')})`);
  return `${make}(${lists.join(', ')})`;
}

export function decodeListOfLists(text: string): readonly unknown[] {
  const lists: unknown = JSON.parse(text);
  if (!Array.isArray(lists)) throw new Error('This is not the image of a row.');
  return lists.flat();
}

export function bytesOfHex(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  return bytes.buffer;
}
