/**
 * Documents of one table as rows, and back.
 *
 * Holds: what was worked out of the table's layout once.
 * Always true: `decode(encode(document))` equals `document`.
 */
import { decodeFromJson, encodeToJson, type Value } from '@betterbase/core';
import {
  documentTooLarge,
  encodeKey,
  fieldAt,
  type IndexLayout,
  keyToBytes,
  mostDocumentBytes,
  type StoredDocument,
  type TableLayout,
  usesExtra,
} from '@betterbase/engine';
import { cellDecoder, encodeCell } from './column-codec.ts';
import type { SqlDialect } from './dialect.ts';
import { keyColumn } from './identifier.ts';
import type { SqlRow, SqlValue } from './sql-value.ts';

export class TableCodec {
  /** The columns that carry the document, in the order of `encode`: fields, `_extra`, hidden keys. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** What `decode` wants a row to begin with. */
  readonly selected: string;
  readonly selectedColumns: readonly string[];
  readonly dialect: SqlDialect;
  readonly #table: string;
  readonly #layout: TableLayout;
  readonly #decoders: readonly ((sql: SqlValue) => Value)[];
  readonly #names: readonly string[];
  readonly #isPlain: readonly boolean[];
  readonly #nullIsNull: readonly boolean[];
  readonly #keys: readonly IndexLayout[];
  readonly #hasExtra: boolean;

  constructor(table: string, layout: TableLayout, dialect: SqlDialect) {
    const { isNarrow, types } = dialect;
    this.dialect = dialect;
    this.#table = table;
    this.#layout = layout;
    this.#keys = layout.indexes.filter((index) => index.by === 'key');
    this.#hasExtra = usesExtra(layout);
    this.#names = layout.columns.map((column) => column.name);
    const decoders = layout.columns.map((column) => cellDecoder(column.kind, isNarrow));
    this.#isPlain = decoders.map((decoder) => decoder === null);
    this.#decoders = decoders.map((decoder) => decoder ?? asItIs);
    this.#nullIsNull = layout.columns.map((column) => column.nullMeans === 'null');
    this.columns = [
      ...layout.columns.map(({ name, kind }) => ({ name: dialect.column(name), type: types[kind] })),
      { name: '_extra', type: types.extra },
      ...this.#keys.map((index) => ({ name: keyColumn(dialect, index.name), type: types.key })),
    ];
    this.selectedColumns = ['_seq', '_id', ...this.#names.map((name) => dialect.column(name)), ...(this.#hasExtra ? ['_extra'] : [])];
    this.selected = this.selectedColumns.join(', ');
  }

  decode(row: SqlRow): StoredDocument {
    const names = this.#names;
    const count = names.length;
    const document: StoredDocument = { _id: String(row[1]), _creationTime: Number(row[0]) / 4096 };
    for (let position = 0; position < count; position++) {
      const sql = row[position + 2];
      const name = names[position];
      if (name === undefined || sql === undefined) continue;
      if (sql === null) {
        if (this.#nullIsNull[position]) document[name] = null;
      } else document[name] = this.#isPlain[position] ? sql : (this.#decoders[position] ?? asItIs)(sql);
    }
    const extra = this.#hasExtra ? row[count + 2] : null;
    if (typeof extra === 'string') Object.assign(document, decodeFromJson(extra));
    return document;
  }

  /**
   * Values for `columns`.
   *
   * @throws BetterBaseError `document/too-large`
   */
  encode(document: StoredDocument): SqlValue[] {
    const row: SqlValue[] = [];
    let extra: { [field: string]: Value } | null = null;
    for (const column of this.#layout.columns) {
      const value = document[column.name];
      const cell = encodeCell(column, value, this.dialect.isNarrow);
      row.push(cell.sql);
      if (!cell.isWhole && value !== undefined) (extra ??= {})[column.name] = value;
    }
    for (const field of this.#layout.extraFields ?? Object.keys(document)) {
      const value = Object.hasOwn(document, field) ? document[field] : undefined;
      if (value !== undefined && field !== '_id' && field !== '_creationTime') (extra ??= {})[field] = value;
    }
    row.push(extra === null ? null : encodeToJson(extra));
    for (const index of this.#keys) row.push(keyToBytes(indexKeyOf(document, index)).buffer);
    this.#assertFits(document, row);
    return row;
  }

  #assertFits(document: StoredDocument, row: readonly SqlValue[]): void {
    let mostBytes = 0;
    for (const value of row) mostBytes += typeof value === 'string' ? value.length * 3 : sizeOf(value);
    if (mostBytes <= mostDocumentBytes) return;
    const bytes = row.reduce<number>((sum, value) => sum + sizeOf(value), 0);
    if (bytes <= mostDocumentBytes) return;
    throw documentTooLarge(this.#table, document._id, bytes);
  }
}

/** The document's key in an index, without the tie-breaking `_creationTime`. */
function indexKeyOf(document: StoredDocument, index: Pick<IndexLayout, 'fields'>): string {
  return encodeKey(index.fields.map((field) => fieldAt(document, field)));
}

function asItIs(sql: SqlValue): Value {
  return sql;
}

const utf8 = new TextEncoder();

function sizeOf(value: SqlValue): number {
  if (typeof value === 'string') return utf8.encode(value).length;
  return value instanceof ArrayBuffer ? value.byteLength : 8;
}
