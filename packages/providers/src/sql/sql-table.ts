/**
 * One table of documents as SQL texts and their parameters, for a database in this process or elsewhere.
 *
 * Holds: its layout and the texts that follow from it, each made once. Does not hold: a database.
 * A row's place (`_seq`) is its creation time in 4096ths of a millisecond, so that creation order is the rowid's, and the
 * tie-breaker of every index.
 */
import { BetterBaseError } from '@betterbase/core';
import {
  fieldAt,
  type IndexLayout,
  layoutTable,
  type NormalizedTable,
  notUnique,
  type RangeRead,
  type StoredDocument,
  type TableLayout,
  usesExtra,
} from '@betterbase/engine';
import type { AskedRows } from './conditions/asked-rows.ts';
import type { SqlDialect } from './dialect.ts';
import { indexName, keyColumn } from './identifier.ts';
import { accessEnd, indexAccesses } from './index-access.ts';
import { rangePieces } from './range-pieces.ts';
import { type Reading, RangeStatements } from './range-statements.ts';
import type { SqlRow, SqlText, SqlValue } from './sql-value.ts';
import { TableCodec } from './table-codec.ts';
import { placeNamed, type TablePlace } from './table-place.ts';

/** A unique index as it is looked up to say which document is in the way. */
export interface UniqueColumns {
  readonly index: IndexLayout;
  /** Its columns as SQL has them. */
  readonly names: readonly string[];
  /** Where they are among `codec.columns`. */
  readonly positions: readonly number[];
  /** Finds `_id` by the columns, and not the row at the place that comes as the last parameter. */
  readonly findText: string;
}

export class SqlTable {
  readonly name: string;
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
  readonly sqlName: string;
  readonly uniques: readonly UniqueColumns[];
  /** By `_id`. */
  readonly getText: string;
  /** `_seq`, `_id`, `_updatedTime`, then what `codec.encode` gives. */
  readonly insertText: string;
  /** By `_seq`. */
  readonly deleteText: string;
  readonly #ranges: ReadonlyMap<string, RangeStatements>;
  readonly #updateTexts = new Map<string, string>();

  constructor(
    table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>,
    dialect: SqlDialect,
    place: TablePlace = placeNamed(table.name),
  ) {
    this.name = table.name;
    this.place = place;
    this.layout = layoutTable(table);
    this.codec = new TableCodec(table.name, this.layout, dialect);
    this.sqlName = dialect.quote(place.sqlName);
    const { selected, columns } = this.codec;
    this.#ranges = new Map(
      [...indexAccesses(dialect, place.home, this.layout)].map(([index, access]) => [
        index,
        new RangeStatements(this.sqlName, selected, access, dialect),
      ]),
    );
    this.uniques = this.layout.indexes.filter((index) => index.unique).map((index) => this.#uniqueColumns(index));
    this.getText = `SELECT ${selected} FROM ${this.sqlName}${dialect.by(indexName(dialect, place.home, 'by_id'))} WHERE _id = ?`;
    this.insertText = `INSERT INTO ${this.sqlName} (_seq, _id, "_updatedTime", ${columns.map(({ name }) => name).join(', ')}) VALUES (?, ?, ?${', ?'.repeat(columns.length)})`;
    this.deleteText = `DELETE FROM ${this.sqlName} WHERE _seq = ?`;
  }

  /** @throws BetterBaseError `index/not-found` */
  range(index: string): RangeStatements {
    const statements = this.#ranges.get(index);
    if (statements !== undefined) return statements;
    throw new BetterBaseError('index/not-found', `Table \`${this.name}\` has no index \`${index}\` that can be read by range.`);
  }

  /**
   * The statements that read a range or count it, in the order in which they are to be read.
   *
   * @param asked what rows are to be like; null: like any
   */
  rangeTexts(range: Pick<RangeRead, 'index' | 'lower' | 'upper' | 'order'>, reading: Reading, asked: AskedRows | null): SqlText[] {
    const statements = this.range(range.index);
    return this.pieces(statements, range).map((piece) => {
      const params = statements.params(piece);
      if (asked === null) return { sql: statements.text(piece, reading), params };
      const { where, passes } = asked;
      if (passes === null) return { sql: statements.filtered(piece, reading, where.sql), params: [...params, ...where.params] };
      return { sql: statements.bounded(piece, reading, where.sql), params: [...params, passes, ...where.params] };
    });
  }

  /** How many rows a range has, the parts of it summed up, each up to `most`. */
  lengthTexts(range: Pick<RangeRead, 'index' | 'lower' | 'upper' | 'order'>, most: number): SqlText[] {
    const statements = this.range(range.index);
    return this.pieces(statements, range).map((piece) => ({
      sql: statements.lengthText(piece),
      params: [...statements.params(piece), most],
    }));
  }

  /** The parts of a range, in the order in which they are to be read. */
  pieces(statements: RangeStatements, range: Pick<RangeRead, 'lower' | 'upper' | 'order'>): ReturnType<typeof rangePieces> {
    const { access } = statements;
    const pieces = rangePieces(accessEnd(access, range.lower, 'lower'), accessEnd(access, range.upper, 'upper'));
    return range.order === 'asc' || pieces.length < 2 ? pieces : pieces.toReversed();
  }

  /** Writes the columns at these positions, which `changedPositions` gave; `_updatedTime` is the first parameter and `_seq` the last. */
  updateText(changed: readonly number[]): string {
    const shape = changed.join();
    let text = this.#updateTexts.get(shape);
    if (text === undefined) {
      const sets = changed.map((position) => `, ${this.codec.columns[position]?.name ?? ''} = ?`);
      text = `UPDATE ${this.sqlName} SET "_updatedTime" = ?${sets.join('')} WHERE _seq = ?`;
      this.#updateTexts.set(shape, text);
    }
    return text;
  }

  /** Whether an update takes the document from one key of a unique index to another. */
  movesUniquely(before: StoredDocument, after: StoredDocument): boolean {
    return this.layout.indexes.some(
      (index) => index.unique && index.fields.some((field) => !Object.is(fieldAt(before, field), fieldAt(after, field))),
    );
  }

  /** How many documents have a field. */
  countHaving(field: string): SqlText {
    const { dialect } = this.codec;
    const column = this.layout.columns.find(({ name }) => name === field);
    const conditions: string[] = [];
    if (column !== undefined) conditions.push(column.nullMeans === 'null' ? 'TRUE' : `${dialect.column(field)} IS NOT NULL`);
    const inExtra = column?.isExact === true ? null : dialect.extraHas(field);
    if (inExtra !== null) conditions.push(inExtra.sql);
    return { sql: `SELECT COUNT(*) FROM ${this.sqlName} WHERE ${conditions.join(' OR ')}`, params: inExtra?.params ?? [] };
  }

  /** What is thrown when two documents would have one key. */
  clash(index: IndexLayout, document: StoredDocument, ids: readonly string[], cause: unknown): BetterBaseError {
    const values = index.fields.map((field) => fieldAt(document, field));
    return notUnique({ table: this.name, index: index.name, fields: index.fields, values, ids }, cause);
  }

  #uniqueColumns(index: IndexLayout): UniqueColumns {
    const names = columnsOfIndex(this.codec.dialect, index);
    const positions = names.map((name) => this.codec.columns.findIndex((column) => column.name === name));
    const where = names.map((name) => `${name} = ?`).join(' AND ');
    return { index, names, positions, findText: `SELECT _id FROM ${this.sqlName} WHERE ${where} AND _seq <> ?` };
  }
}

/** The columns that an index is made of, without the row's place. */
export function columnsOfIndex(dialect: SqlDialect, index: IndexLayout): readonly string[] {
  return index.by === 'key' ? [keyColumn(dialect, index.name)] : index.fields.map((field) => dialect.column(field));
}

export function placeOf(document: StoredDocument): number {
  return document._creationTime * 4096;
}

/** The document as `codec.selected` would read it. */
export function rowOf(codec: TableCodec, layout: TableLayout, document: StoredDocument): SqlRow {
  const cells = codec.encode(document).slice(0, layout.columns.length + (usesExtra(layout) ? 1 : 0));
  return [placeOf(document), document._id, ...cells];
}

/** Where two rows as `codec.encode` gives them differ. */
export function changedPositions(old: readonly SqlValue[], row: readonly SqlValue[]): number[] {
  const changed: number[] = [];
  for (let position = 0; position < row.length; position++) {
    if (!isSameSql(old[position], row[position])) changed.push(position);
  }
  return changed;
}

function isSameSql(one: SqlValue | undefined, other: SqlValue | undefined): boolean {
  if (one === other) return true;
  if (!(one instanceof ArrayBuffer && other instanceof ArrayBuffer) || one.byteLength !== other.byteLength) return false;
  const bytes = new Uint8Array(one);
  return new Uint8Array(other).every((byte, position) => byte === bytes[position]);
}
