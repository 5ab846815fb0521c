/**
 * One table of documents in SQL.
 *
 * Holds: its layout and the SQL texts that follow from it. Does not hold: documents.
 * A row's place (`_seq`) is its creation time in 4096ths of a millisecond, so that creation order is the rowid's, and the
 * tie-breaker of every index.
 */
import { BetterBaseError } from '@betterbase/core';
import {
  fieldAt,
  type IndexLayout,
  keyFields,
  keyValues,
  layoutTable,
  type NormalizedTable,
  notUnique,
  type RangeRead,
  type StoredDocument,
  type TableLayout,
  usesExtra,
} from '@betterbase/engine';
import type { CountedTable, CountRange } from './counted-index.ts';
import { eachDocument } from './each-document.ts';
import { indexName, keyColumn, quote } from './identifier.ts';
import { nullFields } from './left-row.ts';
import { accessEnd, indexAccesses } from './index-access.ts';
import { rangePieces } from './range-pieces.ts';
import { RangeStatements } from './range-statements.ts';
import { SideIndexes } from './side-indexes.ts';
import type { SqlDisk, SqlRow, SqlValue } from './sql-disk.ts';
import { placeNamed, type TablePlace } from './table-place.ts';
import { TableCodec } from './table-codec.ts';
import { isUniqueViolation } from './unique-violation.ts';

/** Rows may have 2 MB each: what is held at once must stay small. */
const chunk = 32;

export class EmbeddedTable {
  readonly name: string;
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
  /** Fields of which NULL is null, though their column cannot tell. */
  readonly nullFields: readonly string[];
  /** What is kept beside the SQL table. */
  readonly sides: SideIndexes;
  readonly #disk: SqlDisk;
  readonly #sqlName: string;
  readonly #ranges: ReadonlyMap<string, RangeStatements>;
  readonly #uniques: readonly UniqueColumns[];
  readonly #getText: string;
  readonly #insertText: string;
  readonly #deleteText: string;
  readonly #updateTexts = new Map<string, string>();

  constructor(disk: SqlDisk, table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>, place: TablePlace = placeNamed(table.name)) {
    this.#disk = disk;
    this.name = table.name;
    this.place = place;
    this.layout = layoutTable(table);
    this.codec = new TableCodec(table.name, this.layout);
    this.nullFields = nullFields(table);
    this.#sqlName = quote(place.sqlName);
    const { selected, columns } = this.codec;
    this.#ranges = new Map(
      [...indexAccesses(place.home, this.layout)].map(([index, access]) => [index, new RangeStatements(this.#sqlName, selected, access)]),
    );
    this.#uniques = this.layout.indexes.filter((index) => index.unique).map((index) => uniqueColumns(index, columns));
    this.#getText = `SELECT ${selected} FROM ${this.#sqlName} INDEXED BY ${indexName(place.home, 'by_id')} WHERE _id = ?`;
    this.#insertText = `INSERT INTO ${this.#sqlName} (_seq, _id, _updatedTime, ${columns.map(({ name }) => name).join(', ')}) VALUES (?, ?, ?${', ?'.repeat(columns.length)})`;
    this.#deleteText = `DELETE FROM ${this.#sqlName} WHERE _seq = ?`;
    const reading: CountedTable = {
      home: place.home,
      walk: (range) => this.#walk(range),
      eachInOrder: (index, visit) => this.#eachInOrder(index, visit),
    };
    this.sides = new SideIndexes({ disk, table, place, layout: this.layout, codec: this.codec, reading });
  }

  /** The document as `codec.selected` would read it. */
  rowOf(document: StoredDocument): SqlRow {
    const cells = this.codec.encode(document).slice(0, this.layout.columns.length + (usesExtra(this.layout) ? 1 : 0));
    return [placeOf(document), document._id, ...cells];
  }

  get(id: string): StoredDocument | null {
    const [row] = this.#disk.read(this.#getText, id);
    return row === undefined ? null : this.codec.decode(row);
  }

  read(range: RangeRead): StoredDocument[] {
    const statements = this.#range(range.index);
    const documents: StoredDocument[] = [];
    for (const piece of this.#pieces(statements, range)) {
      const left = range.limit - documents.length;
      if (left <= 0) break;
      // -1 is SQLite's word for no limit.
      const limit = left > Number.MAX_SAFE_INTEGER ? -1 : left;
      const rows = this.#disk.read(statements.text(piece, range.order), ...statements.params(piece), limit);
      for (const row of rows) documents.push(this.codec.decode(row));
    }
    return documents;
  }

  count(range: CountRange): number {
    return this.sides.counted(range.index)?.count(range) ?? this.#walk(range);
  }

  #walk(range: CountRange): number {
    const statements = this.#range(range.index);
    let count = 0;
    for (const piece of this.#pieces(statements, { ...range, order: 'asc' })) {
      count += Number(this.#disk.read(statements.text(piece, 'count'), ...statements.params(piece))[0]?.[0]);
    }
    return count;
  }

  insert(document: StoredDocument, now: number): number {
    return this.#insertRow(document, this.codec.encode(document), now);
  }

  delete(document: StoredDocument): number {
    return written(this.#disk.write(this.#deleteText, placeOf(document)), this.name, document);
  }

  /** Writes the columns that differ. */
  update(before: StoredDocument, after: StoredDocument, now: number): number {
    const old = this.codec.encode(before);
    const row = this.codec.encode(after);
    const changed: number[] = [];
    for (let position = 0; position < row.length; position++) {
      if (!isSameSql(old[position], row[position])) changed.push(position);
    }
    const params = changed.map((position) => row[position] ?? null);
    return this.#naming(after, row, () => this.#disk.write(this.#updateText(changed), now, ...params, placeOf(after)));
  }

  /** Every document in creation order, until `visit` returns false. */
  each(visit: (document: StoredDocument) => boolean): void {
    eachDocument(this.#disk, this.#sqlName, this.codec, visit);
  }

  /** The documents behind a place, in creation order, at most so many. */
  after(place: number, most: number): StoredDocument[] {
    const rows = this.#disk.read(`SELECT ${this.codec.selected} FROM ${this.#sqlName} WHERE _seq > ? ORDER BY _seq LIMIT ?`, place, most);
    return [...rows].map((row) => this.codec.decode(row));
  }

  /** When a document was written last, ms. */
  updatedTime(document: StoredDocument): number {
    return Number(this.#disk.read(`SELECT _updatedTime FROM ${this.#sqlName} WHERE _seq = ?`, placeOf(document))[0]?.[0] ?? 0);
  }

  /** How many documents have a field. */
  countHaving(field: string): number {
    const column = this.layout.columns.find(({ name }) => name === field);
    const conditions: string[] = [];
    if (column !== undefined) conditions.push(column.nullMeans === 'null' ? 'TRUE' : `${quote(field)} IS NOT NULL`);
    if (column?.isExact !== true) conditions.push(`(_extra IS NOT NULL AND json_type(_extra, ?) IS NOT NULL)`);
    const path = column?.isExact === true ? [] : [`$.${quote(field)}`];
    return Number(this.#disk.read(`SELECT COUNT(*) FROM ${this.#sqlName} WHERE ${conditions.join(' OR ')}`, ...path)[0]?.[0]);
  }

  /** Every document in the order of an index. */
  #eachInOrder(index: string, visit: (document: StoredDocument) => void): void {
    const fields = keyFields(index, this.layout.indexes.find(({ name }) => name === index)?.fields ?? []);
    const upper = { prefix: [], inclusive: true };
    let lower: RangeRead['lower'] = upper;
    for (;;) {
      const documents = this.read({ table: this.name, index, lower, upper, order: 'asc', limit: chunk });
      for (const document of documents) visit(document);
      const last = documents.at(-1);
      if (last === undefined || documents.length < chunk) return;
      lower = { prefix: keyValues(last, fields), inclusive: false };
    }
  }

  /** Whether an update takes the document from one key of a unique index to another. */
  movesUniquely(before: StoredDocument, after: StoredDocument): boolean {
    return this.layout.indexes.some(
      (index) => index.unique && index.fields.some((field) => !Object.is(fieldAt(before, field), fieldAt(after, field))),
    );
  }

  #insertRow(document: StoredDocument, row: readonly SqlValue[], now: number): number {
    return this.#naming(document, row, () => this.#disk.write(this.#insertText, placeOf(document), document._id, now, ...row));
  }

  #updateText(changed: readonly number[]): string {
    const shape = changed.join();
    let text = this.#updateTexts.get(shape);
    if (text === undefined) {
      const sets = changed.map((position) => `, ${this.codec.columns[position]?.name ?? ''} = ?`);
      text = `UPDATE ${this.#sqlName} SET _updatedTime = ?${sets.join('')} WHERE _seq = ?`;
      this.#updateTexts.set(shape, text);
    }
    return text;
  }

  #range(index: string): RangeStatements {
    const statements = this.#ranges.get(index);
    if (statements !== undefined) return statements;
    throw new BetterBaseError('index/not-found', `Table \`${this.name}\` has no index \`${index}\` that can be read by range.`);
  }

  #pieces(statements: RangeStatements, range: Pick<RangeRead, 'lower' | 'upper' | 'order'>): ReturnType<typeof rangePieces> {
    const { access } = statements;
    const pieces = rangePieces(accessEnd(access, range.lower, 'lower'), accessEnd(access, range.upper, 'upper'));
    return range.order === 'asc' || pieces.length < 2 ? pieces : pieces.toReversed();
  }

  /** Carries out a write and says which unique index it broke, if one. */
  #naming(document: StoredDocument, row: readonly SqlValue[], write: () => number): number {
    try {
      return written(write(), this.name, document);
    } catch (error) {
      throw isUniqueViolation(error) ? (this.#clash(document, row, error) ?? error) : error;
    }
  }

  #clash(document: StoredDocument, row: readonly SqlValue[], cause: unknown): BetterBaseError | null {
    for (const { index, positions, where } of this.#uniques) {
      const params = positions.map((position) => row[position] ?? null);
      const [found] = this.#disk.read(`SELECT _id FROM ${this.#sqlName} WHERE ${where} AND _seq <> ?`, ...params, placeOf(document));
      if (found === undefined) continue;
      const values = index.fields.map((field) => fieldAt(document, field));
      return notUnique({ table: this.name, index: index.name, fields: index.fields, values, ids: [String(found[0]), document._id] }, cause);
    }
    return null;
  }
}

interface UniqueColumns {
  readonly index: IndexLayout;
  readonly positions: readonly number[];
  readonly where: string;
}

/** The columns that an index is made of, without the row's place. */
export function columnsOfIndex(index: IndexLayout): readonly string[] {
  return index.by === 'key' ? [keyColumn(index.name)] : index.fields.map(quote);
}

function uniqueColumns(index: IndexLayout, columns: TableCodec['columns']): UniqueColumns {
  const names = columnsOfIndex(index);
  const positions = names.map((name) => columns.findIndex((column) => column.name === name));
  return { index, positions, where: names.map((name) => `${name} = ?`).join(' AND ') };
}

function placeOf(document: StoredDocument): number {
  return document._creationTime * 4096;
}

function written(rows: number, table: string, document: StoredDocument): number {
  if (rows > 0) return rows;
  throw new Error(`Document ${document._id} of ${table} is not where it was: the write met no row.`);
}

function isSameSql(one: SqlValue | undefined, other: SqlValue | undefined): boolean {
  if (one === other) return true;
  if (!(one instanceof ArrayBuffer && other instanceof ArrayBuffer) || one.byteLength !== other.byteLength) return false;
  const bytes = new Uint8Array(one);
  return new Uint8Array(other).every((byte, position) => byte === bytes[position]);
}
