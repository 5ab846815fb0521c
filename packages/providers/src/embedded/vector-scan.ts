/**
 * Exact search by nearness: every vector of a table is compared.
 *
 * Holds: nothing but the table's layout. A `v.vector()` column is read as the Float32 bytes that it is, some hundred rows
 * at a time; vectors kept in another way are read with their documents.
 */
import {
  asVector,
  type DocumentWrite,
  fieldAt,
  type FieldEquals,
  hasValues,
  type NearDocuments,
  Nearest,
  type StoredDocument,
  type TableLayout,
  type VectorRead,
  type VectorScore,
  vectorScore,
} from '@betterbase/engine';
import { eachDocument } from './each-document.ts';
import { quote } from '../sql/identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import { TableCodec } from '../sql/table-codec.ts';
import type { TablePlace } from '../sql/table-place.ts';

/** How much of a table is held at once. */
const chunkBytes = 400_000;
const bytesOfFloat = 4;
const placesAtOnce = 256;

export interface VectorTable {
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
}

/** @returns what `VectorStore.nearest` promises */
export function nearestVectors(disk: SqlDisk, table: VectorTable, read: VectorRead, pending: readonly DocumentWrite[]): NearDocuments {
  const scan = new VectorScan(read, pending);
  const column = table.layout.columns.find(({ name }) => name === read.field);
  if (column?.kind === 'vector') scanColumn(disk, table, read, scan);
  else
    eachDocument(disk, quote(table.place.sqlName), table.codec, (document) => {
      if (!scan.isPassedOver(placeOf(document))) scan.compareDocument(document);
      return true;
    });

  for (const { after } of pending) if (after !== null) scan.compareDocument(after);
  return scan.result(disk, table);
}

/** One comparison of many vectors with one. What is pending is passed over where it lies on disk. */
export class VectorScan {
  readonly nearest: Nearest<number>;
  compared = 0;
  readonly #read: VectorRead;
  readonly #score: VectorScore;
  readonly #passedOver = new Set<number>();
  readonly #own = new Map<number, StoredDocument>();

  constructor(read: VectorRead, pending: readonly DocumentWrite[]) {
    this.#read = read;
    this.nearest = new Nearest(read.limit, read.leastScore);
    this.#score = vectorScore(read.metric, read.vector);
    for (const { before, after } of pending) {
      if (before !== null) this.#passedOver.add(placeOf(before));
      if (after !== null) this.#own.set(placeOf(after), after);
    }
  }

  /** The least score that a vector must have to be among the nearest so far. */
  get leastWanted(): number {
    const { limit, leastScore } = this.#read;
    return this.nearest.best[limit - 1]?.score ?? leastScore;
  }

  isPassedOver(place: number): boolean {
    return this.#passedOver.has(place);
  }

  compare(vector: ArrayLike<number>, place: number): void {
    this.compared++;
    this.nearest.offer(this.#score(vector), place, place);
  }

  compareDocument(document: StoredDocument): void {
    const { field, vector, anyOf } = this.#read;
    const own = asVector(fieldAt(document, field), vector.length);
    if (own !== null && passesAny(document, anyOf)) this.compare(own, placeOf(document));
  }

  /** The rows at these places, as far as they are there. */
  compareRows(disk: SqlDisk, { place: { sqlName }, layout, codec }: VectorTable, places: readonly number[]): void {
    const { field, vector, anyOf } = this.#read;
    const isColumn = anyOf.length === 0 && layout.columns.some((column) => column.name === field && column.kind === 'vector');
    const selected = isColumn ? `_seq, ${quote(field)}` : codec.selected;
    const text = `SELECT ${selected} FROM ${quote(sqlName)} WHERE _seq IN (SELECT value FROM json_each(?)) ORDER BY _seq`;
    for (let from = 0; from < places.length; from += placesAtOnce) {
      for (const row of disk.read(text, JSON.stringify(places.slice(from, from + placesAtOnce)))) {
        const place = Number(row[0]);
        if (this.isPassedOver(place)) continue;
        if (!isColumn) this.compareDocument(codec.decode(row));
        else if (row[1] instanceof ArrayBuffer && row[1].byteLength === vector.length * bytesOfFloat)
          this.compare(new Float32Array(row[1]), place);
      }
    }
  }

  result(disk: SqlDisk, { place: { sqlName } }: VectorTable): NearDocuments {
    const near = this.nearest.best.map(({ item: place, score }) => ({
      id: this.#own.get(place)?._id ?? idAt(disk, sqlName, place),
      score,
    }));
    return { near, compared: this.compared };
  }
}

function scanColumn(disk: SqlDisk, table: VectorTable, { field, vector, anyOf }: VectorRead, scan: VectorScan): void {
  const codec = anyOf.length === 0 ? null : filterCodec(table, anyOf);
  const column = quote(field);
  const bytes = vector.length * bytesOfFloat;
  const chunk = Math.ceil(chunkBytes / bytes);
  const text = `SELECT ${codec?.selected ?? '_seq'}, ${column} FROM ${quote(table.place.sqlName)} NOT INDEXED WHERE _seq > ? AND ${column} IS NOT NULL ORDER BY _seq LIMIT ${chunk}`;
  let place = Number.NEGATIVE_INFINITY;
  for (;;) {
    const rows = disk.read(text, place);
    for (const row of rows) {
      place = Number(row[0]);
      const own = row.at(-1);
      if (!(own instanceof ArrayBuffer) || own.byteLength !== bytes || scan.isPassedOver(place)) continue;
      if (codec === null || passesAny(codec.decode(row), anyOf)) scan.compare(new Float32Array(own), place);
    }
    if (rows.length < chunk) return;
  }
}

/** Decodes no more of a document than its filter fields. */
function filterCodec({ place, layout }: VectorTable, anyOf: readonly FieldEquals[]): TableCodec {
  const wanted = new Set(anyOf.map(({ field }) => field.split('.', 1)[0]));
  return new TableCodec(place.sqlName, { ...layout, columns: layout.columns.filter((column) => wanted.has(column.name)), indexes: [] });
}

function passesAny(document: StoredDocument, anyOf: readonly FieldEquals[]): boolean {
  return anyOf.length === 0 || anyOf.some((filter) => hasValues(document, [filter]));
}

function idAt(disk: SqlDisk, table: string, place: number): string {
  return String(disk.read(`SELECT _id FROM ${quote(table)} WHERE _seq = ?`, place)[0]?.[0]);
}

export function placeOf(document: StoredDocument): number {
  return document._creationTime * 4096;
}
