/**
 * What a statement left in a row, as a document.
 *
 * A statement sees columns only. What SQL has no word for is kept beside them (`_extra`): for a field whose column the
 * statement has changed, what was kept holds no longer; for the others it does.
 */
import { BetterBaseError, decodeFromJson, describeValue, encodeToJson, isPlainObject, type Value } from '@betterbase/core';
import { type ColumnLayout, fieldShape, type NormalizedTable, type StoredDocument, type TableLayout } from '@betterbase/engine';
import type { SqlRow, SqlValue } from './sql-value.ts';
import type { TableCodec } from './table-codec.ts';

/** A row begins with `_seq` and `_id`; then come the columns of fields, then `_extra` if the table has one. */
const firstField = 2;

export interface LeftRowTable {
  readonly name: string;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
  /** Required fields that may be null and whose column would say so in JSON. */
  readonly nullFields: readonly string[];
}

/** @throws BetterBaseError `document/invalid` when a column holds what its field can never be */
export function leftDocument(table: LeftRowTable, row: SqlRow, before: SqlRow | null): StoredDocument {
  const { layout, codec } = table;
  const { columns } = layout;
  const extraAt = firstField + columns.length;
  const extra = row[extraAt] ?? null;
  if (extra !== (before?.[extraAt] ?? null)) throw unreadable(table, row, '_extra', 'is written by the database alone');
  const fields = { ...keptFields(extra) };
  columns.forEach((column, position) => {
    const sql = row[firstField + position] ?? null;
    const problem = sql === null ? null : problemOf(column, sql);
    if (problem !== null) throw unreadable(table, row, column.name, problem);
    if (before === null || !isSame(sql, before[firstField + position] ?? null)) delete fields[column.name];
  });
  const kept = Object.keys(fields).length === 0 ? null : encodeToJson(fields);
  const document = codec.decode([...row.slice(0, extraAt), kept]);
  for (const field of table.nullFields) document[field] ??= null;
  return document;
}

/** The fields of a table whose NULL is null, though its column cannot tell. */
export function nullFields({ document }: Pick<NormalizedTable, 'document'>): readonly string[] {
  if (document.type !== 'object') return [];
  return Object.entries(document.value).flatMap(([name, field]) =>
    !field.optional && fieldShape(field).kind === 'json' && mayBeNull(field.fieldType) ? [name] : [],
  );
}

function mayBeNull(type: NormalizedTable['document']): boolean {
  return type.type === 'null' || type.type === 'any' || (type.type === 'union' && type.value.some(mayBeNull));
}

function keptFields(extra: SqlValue): { [field: string]: Value } {
  const kept = typeof extra === 'string' ? decodeFromJson(extra) : null;
  return isPlainObject(kept) ? (kept as { [field: string]: Value }) : {};
}

/** What is wrong with it, for a column whose values are not simply what they are. */
function problemOf({ kind }: ColumnLayout, sql: SqlValue): string | null {
  switch (kind) {
    case 'boolean':
      return sql === 0 || sql === 1 ? null : 'should be 0 or 1';
    case 'int64':
      return Number.isSafeInteger(sql) ? null : 'should be an integer below 2^53';
    case 'vector':
      return sql instanceof ArrayBuffer && sql.byteLength % 4 === 0 ? null : 'should be the bytes of Float32 numbers';
    case 'json':
      return typeof sql === 'string' && isEncoded(sql) ? null : 'should be JSON text';
    case 'text':
    case 'real':
    case 'bytes':
      return null;
    default:
      return kind satisfies never;
  }
}

function isEncoded(text: string): boolean {
  try {
    decodeFromJson(text);
    return true;
  } catch {
    // What is no JSON, or no value of ours in JSON, is the author's to mend.
    return false;
  }
}

function isSame(one: SqlValue, other: SqlValue): boolean {
  if (!(one instanceof ArrayBuffer && other instanceof ArrayBuffer)) return one === other;
  const bytes = new Uint8Array(one);
  return one.byteLength === other.byteLength && new Uint8Array(other).every((byte, position) => byte === bytes[position]);
}

function unreadable(table: LeftRowTable, row: SqlRow, field: string, problem: string): BetterBaseError {
  const position = table.layout.columns.findIndex(({ name }) => name === field);
  const got = position < 0 ? '' : ` and is ${describeValue(row[firstField + position] ?? null)}`;
  const id = String(row[1]);
  return new BetterBaseError('document/invalid', `The statement's row \`${id}\` of \`${table.name}\`: \`${field}\` ${problem}${got}.`, {
    hint: 'Booleans are 1 and 0, objects and arrays JSON text, vectors bytes.',
    details: { table: table.name, id, field },
  });
}
