/** What others have left in a table, as documents: rows that lack what only we can give get it, and what no document can be is taken back. */
import { toHex } from '@betterbase/core/bytes';
import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import {
  DocumentCheck,
  type DocumentWrite,
  type NewDocument,
  type NormalizedSchema,
  type NormalizedTable,
  type StoredDocument,
  tableNumberOf,
} from '@betterbase/engine';
import { leftDocument, nullFields } from '../../sql/left-row.ts';
import { changedPositions, placeOf, type SqlTable } from '../../sql/sql-table.ts';
import type { SqlRow, SqlText, SqlValue } from '../../sql/sql-value.ts';
import { provisionalId, rowColumns } from './outside-dialect.ts';

/** One row that others have changed, however often. */
export interface ChangedRow {
  readonly table: NormalizedTable;
  readonly sql: SqlTable;
  readonly place: number;
  /** As `rowColumns` has it; null: it was not there. */
  readonly before: SqlRow | null;
  /** As it is now. */
  readonly row: SqlRow | null;
}

/** What becomes of it. */
export type Mended =
  | { readonly kind: 'taken'; readonly change: ChangedRow; readonly write: DocumentWrite; readonly statement: SqlText | null }
  | { readonly kind: 'refused'; readonly change: ChangedRow; readonly reason: BetterBaseError }
  /** It is as it was. */
  | { readonly kind: 'nothing'; readonly change: ChangedRow };

export interface MendParts {
  readonly schema: NormalizedSchema;
  /** An id and a time for a row without. */
  readonly newDocument: (tableNumber: number) => NewDocument;
}

export function mendRow(change: ChangedRow, { schema, newDocument }: MendParts): Mended {
  const { table, sql, before: old, row } = change;
  const before = old === null ? null : sql.codec.decode(old);
  if (row === null) {
    if (before === null) return { kind: 'nothing', change };
    return { kind: 'taken', change, write: { table: table.name, id: before._id, before, after: null }, statement: null };
  }
  try {
    const isNew = before === null && String(row[1]).startsWith(provisionalId);
    const left = documentOf(change, row, isNew);
    // Only where nobody says it: a document's own place is above zero.
    const hasPlace = before !== null || (!isNew && change.place > 0);
    const given = hasPlace ? null : newDocument(table.number);
    const after: StoredDocument = given === null ? left : { ...left, _id: isNew ? given.id : left._id, _creationTime: given.creationTime };
    assertValid(schema, table, after);
    const statement = mendText(sql, row, after);
    if (statement === null && old !== null && isSameRow(old, row)) return { kind: 'nothing', change };
    return { kind: 'taken', change, write: { table: table.name, id: after._id, before, after }, statement };
  } catch (reason) {
    if (!isBetterBaseError(reason)) throw reason;
    return { kind: 'refused', change, reason };
  }
}

/** Makes the row what it was before. All that is removed goes first, so that keys are free again. */
export function takeBack({ sql, place, before, row }: ChangedRow): {
  readonly removal: SqlText | null;
  readonly restoration: SqlText | null;
} {
  const removal = row === null ? null : { sql: sql.deleteText, params: [place] };
  if (before === null) return { removal, restoration: null };
  const columns = rowColumns(sql);
  const text = `INSERT INTO ${sql.sqlName} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  return { removal, restoration: { sql: text, params: before } };
}

/** For `_bb_refused`: what was written, by column. Bytes are in hex. */
export function writtenText({ sql, row }: ChangedRow): string {
  const named = rowColumns(sql).map((name, at) => [name.replaceAll('"', ''), shown(row?.[at] ?? null)]);
  return JSON.stringify(Object.fromEntries(named));
}

function shown(value: SqlValue): unknown {
  return value instanceof ArrayBuffer ? toHex(value) : value;
}

function documentOf({ table, sql, before }: ChangedRow, row: SqlRow, isNew: boolean): StoredDocument {
  const { codec, layout } = sql;
  const id = String(row[1]);
  if (before !== null && before[1] !== id)
    throw new BetterBaseError('document/bad-id', `The document \`${String(before[1])}\` of \`${table.name}\` was given the id \`${id}\`.`, {
      hint: 'A document keeps its `_id`. Delete the row and insert another.',
    });
  if (!isNew && tableNumberOf(id) !== table.number)
    throw new BetterBaseError('document/bad-id', `\`${id}\` is no id of the table \`${table.name}\`.`, {
      hint: 'Leave `_id` out: the row gets one.',
    });
  layout.columns.forEach(({ name, kind }, position) => {
    const sqlValue = row[position + 2] ?? null;
    if (kind === 'text' && sqlValue !== null && typeof sqlValue !== 'string')
      throw new BetterBaseError('document/invalid', `The row \`${id}\` of \`${table.name}\`: \`${name}\` should be text.`);
  });
  // What a new row says in `_extra` can only be what it said in another place.
  return leftDocument({ name: table.name, layout, codec, nullFields: nullFields(table) }, row, before ?? row);
}

function assertValid(schema: NormalizedSchema, table: NormalizedTable, document: StoredDocument): void {
  const check = new DocumentCheck(schema);
  if (check.see(table, document)) return;
  const [problem] = check.offenders;
  const what = problem === undefined ? 'is not valid' : `has ${problem.path}: expected ${problem.expected}, got ${problem.got}`;
  throw new BetterBaseError('document/invalid', `The row \`${document._id}\` of \`${table.name}\` ${what}.`, {
    hint: 'Write what the schema allows, or change the schema.',
  });
}

/** What the row lacks of what the document is; null: nothing. */
function mendText(sql: SqlTable, row: SqlRow, document: StoredDocument): SqlText | null {
  const { columns } = sql.codec;
  const wanted = sql.codec.encode(document);
  const changed = changedPositions(row.slice(2, 2 + columns.length), wanted);
  const sets: [string, SqlValue][] = changed.map((position) => [columns[position]?.name ?? '', wanted[position] ?? null]);
  const place = placeOf(document);
  if (row[0] !== place) sets.push(['_seq', place]);
  if (row[1] !== document._id) sets.push(['_id', document._id]);
  if (sets.length === 0) return null;
  return {
    sql: `UPDATE ${sql.sqlName} SET ${sets.map(([name]) => `${name} = ?`).join(', ')} WHERE _seq = ?`,
    params: [...sets.map(([, value]) => value), row[0] ?? null],
  };
}

function isSameRow(one: SqlRow, other: SqlRow): boolean {
  // `_updatedTime` comes last, and moves by itself.
  return changedPositions(one.slice(0, -1), other.slice(0, -1)).length === 0;
}
