/**
 * One table of documents in a database in this process.
 *
 * Holds: its SQL texts, and what is kept beside it. Does not hold: documents.
 */
import { keyFields, keyValues, type NormalizedTable, type RangeRead, type StoredDocument, type TableLayout } from '@betterbase/engine';
import type { PageBounds } from '../sql/page-text.ts';
import type { AskedRows } from '../sql/conditions/asked-rows.ts';
import type { ConditionTable } from '../sql/conditions/compile-condition.ts';
import { changedPositions, placeOf, rowOf, SqlTable } from '../sql/sql-table.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { TableCodec } from '../sql/table-codec.ts';
import type { TablePlace } from '../sql/table-place.ts';
import type { WritableTable } from '../sql/write-rows.ts';
import type { CountedTable, CountRange } from './counted-index.ts';
import { eachDocument } from './each-document.ts';
import { nullFields } from '../sql/left-row.ts';
import { SideIndexes } from './side-indexes.ts';
import type { SqlDisk, SqlRow, SqlValue } from '../disk/sql-disk.ts';
import { isUniqueViolation } from '../statements/unique-violation.ts';

/** Rows may have 2 MB each: what is held at once must stay small. */
const chunk = 32;

export class EmbeddedTable implements WritableTable {
  readonly name: string;
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
  /** Fields of which NULL is null, though their column cannot tell. */
  readonly nullFields: readonly string[];
  /** What is kept beside the SQL table. */
  readonly sides: SideIndexes;
  readonly #disk: SqlDisk;
  readonly #sql: SqlTable;

  constructor(disk: SqlDisk, table: Pick<NormalizedTable, 'name' | 'document' | 'indexes'>, at?: TablePlace) {
    this.#disk = disk;
    this.name = table.name;
    this.#sql = new SqlTable(table, sqlite, at);
    const { place, layout, codec } = this.#sql;
    this.place = place;
    this.layout = layout;
    this.codec = codec;
    this.nullFields = nullFields(table);
    const reading: CountedTable = {
      home: place.home,
      walk: (range) => this.#walk(range),
      eachInOrder: (index, visit) => this.#eachInOrder(index, visit),
    };
    this.sides = new SideIndexes({ disk, table, place, layout, codec, reading });
  }

  /** The document as `codec.selected` would read it. */
  rowOf(document: StoredDocument): SqlRow {
    return rowOf(this.codec, this.layout, document);
  }

  get(id: string): StoredDocument | null {
    const [row] = this.#disk.read(this.#sql.getText, id);
    return row === undefined ? null : this.codec.decode(row);
  }

  /** As subqueries of conditions look into it. */
  get asked(): ConditionTable {
    return this.#sql;
  }

  /** @param asked what documents are to be like; null: like any */
  read(range: RangeRead, asked: AskedRows | null = null): StoredDocument[] {
    const documents: StoredDocument[] = [];
    for (const { sql, params } of this.#sql.rangeTexts(range, range.order, asked)) {
      const left = range.limit - documents.length;
      if (left <= 0) break;
      // -1 is SQLite's word for no limit.
      const limit = left > Number.MAX_SAFE_INTEGER ? -1 : left;
      const rows = this.#disk.read(sql, ...params, limit);
      for (const row of rows) documents.push(this.codec.decode(row));
    }
    if (documents.length < range.limit) this.#assertPassed(range, asked);
    return documents;
  }

  count(range: CountRange, asked: AskedRows | null = null): number {
    if (asked === null) return this.sides.counted(range.index)?.count(range) ?? this.#walk(range);
    this.#assertPassed({ ...range, order: 'asc' }, asked);
    return this.#walk(range, asked);
  }

  /** @throws BetterBaseError `query/reads-too-much` when the range has more rows */
  #assertPassed(range: Pick<RangeRead, 'index' | 'lower' | 'upper' | 'order'>, asked: AskedRows | null): void {
    if (asked === null || asked.passes === null) return;
    const { passes, tooMany } = asked;
    let length = 0;
    for (const { sql, params } of this.#sql.lengthTexts(range, passes + 1)) length += Number(this.#disk.read(sql, ...params)[0]?.[0]);
    if (length > passes) throw tooMany(this.name);
  }

  #walk(range: CountRange, asked: AskedRows | null = null): number {
    let count = 0;
    for (const { sql, params } of this.#sql.rangeTexts({ ...range, order: 'asc' }, 'count', asked))
      count += Number(this.#disk.read(sql, ...params)[0]?.[0]);
    return count;
  }

  insert(document: StoredDocument, now: number): number {
    return this.#insertRow(document, this.codec.encode(document), now);
  }

  delete(document: StoredDocument): number {
    return written(this.#disk.write(this.#sql.deleteText, placeOf(document)), this.name, document);
  }

  /** Writes the columns that differ. */
  update(before: StoredDocument, after: StoredDocument, now: number): number {
    const old = this.codec.encode(before);
    const row = this.codec.encode(after);
    const changed = changedPositions(old, row);
    const params = changed.map((position) => row[position] ?? null);
    return this.#naming(after, row, () => this.#disk.write(this.#sql.updateText(changed), now, ...params, placeOf(after)));
  }

  /** Every document in creation order, until `visit` returns false. */
  each(visit: (document: StoredDocument) => boolean): void {
    eachDocument(this.#disk, this.#sql.sqlName, this.codec, visit);
  }

  /** The documents between two places, in creation order, as many as may be held at once. */
  page({ behind, upTo }: PageBounds): { readonly documents: StoredDocument[]; readonly isLast: boolean } {
    const text = `SELECT ${this.codec.selected} FROM ${this.#sql.sqlName} WHERE _seq > ? AND _seq <= ? ORDER BY _seq LIMIT ${chunk}`;
    const documents = [...this.#disk.read(text, behind, upTo)].map((row) => this.codec.decode(row));
    return { documents, isLast: documents.length < chunk };
  }

  /** The documents behind a place, in creation order, at most so many. */
  after(place: number, most: number): StoredDocument[] {
    const rows = this.#disk.read(
      `SELECT ${this.codec.selected} FROM ${this.#sql.sqlName} WHERE _seq > ? ORDER BY _seq LIMIT ?`,
      place,
      most,
    );
    return [...rows].map((row) => this.codec.decode(row));
  }

  /** When a document was written last, ms. */
  updatedTime(document: StoredDocument): number {
    return Number(this.#disk.read(`SELECT _updatedTime FROM ${this.#sql.sqlName} WHERE _seq = ?`, placeOf(document))[0]?.[0] ?? 0);
  }

  /** How many documents have a field. */
  countHaving(field: string): number {
    const { sql, params } = this.#sql.countHaving(field);
    return Number(this.#disk.read(sql, ...params)[0]?.[0]);
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
    return this.#sql.movesUniquely(before, after);
  }

  #insertRow(document: StoredDocument, row: readonly SqlValue[], now: number): number {
    return this.#naming(document, row, () => this.#disk.write(this.#sql.insertText, placeOf(document), document._id, now, ...row));
  }

  /** Carries out a write and says which unique index it broke, if one. */
  #naming(document: StoredDocument, row: readonly SqlValue[], write: () => number): number {
    try {
      return written(write(), this.name, document);
    } catch (error) {
      throw isUniqueViolation(error) ? (this.#clash(document, row, error) ?? error) : error;
    }
  }

  #clash(document: StoredDocument, row: readonly SqlValue[], cause: unknown): Error | null {
    for (const { index, positions, findText } of this.#sql.uniques) {
      const params = positions.map((position) => row[position] ?? null);
      const [found] = this.#disk.read(findText, ...params, placeOf(document));
      if (found !== undefined) return this.#sql.clash(index, document, [String(found[0]), document._id], cause);
    }
    return null;
  }
}

function written(rows: number, table: string, document: StoredDocument): number {
  if (rows > 0) return rows;
  throw new Error(`Document ${document._id} of ${table} is not where it was: the write met no row.`);
}
