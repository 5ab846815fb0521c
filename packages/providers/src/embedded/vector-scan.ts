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
import { quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import { TableCodec } from './table-codec.ts';

/** How much of a table is held at once. */
const chunkBytes = 400_000;
const bytesOfFloat = 4;

export interface VectorTable {
  readonly name: string;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
}

/** @returns what `VectorStore.nearest` promises */
export function nearestVectors(disk: SqlDisk, table: VectorTable, read: VectorRead, pending: readonly DocumentWrite[]): NearDocuments {
  const scan = new VectorScan(read);
  for (const { before } of pending) if (before !== null) scan.passOver(placeOf(before));
  const column = table.layout.columns.find(({ name }) => name === read.field);
  if (column?.kind === 'vector') scanColumn(disk, table, read, scan);
  else
    eachDocument(disk, quote(table.name), table.codec, (document) => {
      if (!scan.isPassedOver(placeOf(document))) scan.compareDocument(document);
      return true;
    });

  const own = new Map(pending.flatMap(({ after }) => (after === null ? [] : [[placeOf(after), after]])));
  for (const after of own.values()) scan.compareDocument(after);
  const near = scan.nearest.best.map(({ item: place, score }) => ({ id: own.get(place)?._id ?? idAt(disk, table.name, place), score }));
  return { near, compared: scan.compared };
}

/** One comparison of many vectors with one. */
class VectorScan {
  readonly nearest: Nearest<number>;
  compared = 0;
  readonly #read: VectorRead;
  readonly #score: VectorScore;
  readonly #passedOver = new Set<number>();

  constructor(read: VectorRead) {
    this.#read = read;
    this.nearest = new Nearest(read.limit, read.leastScore);
    this.#score = vectorScore(read.metric, read.vector);
  }

  passOver(place: number): void {
    this.#passedOver.add(place);
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
}

function scanColumn(disk: SqlDisk, table: VectorTable, { field, vector, anyOf }: VectorRead, scan: VectorScan): void {
  const codec = anyOf.length === 0 ? null : filterCodec(table, anyOf);
  const column = quote(field);
  const bytes = vector.length * bytesOfFloat;
  const chunk = Math.ceil(chunkBytes / bytes);
  const text = `SELECT ${codec?.selected ?? '_seq'}, ${column} FROM ${quote(table.name)} NOT INDEXED WHERE _seq > ? AND ${column} IS NOT NULL ORDER BY _seq LIMIT ${chunk}`;
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
function filterCodec({ name, layout }: VectorTable, anyOf: readonly FieldEquals[]): TableCodec {
  const wanted = new Set(anyOf.map(({ field }) => field.split('.', 1)[0]));
  return new TableCodec(name, { ...layout, columns: layout.columns.filter((column) => wanted.has(column.name)), indexes: [] });
}

function passesAny(document: StoredDocument, anyOf: readonly FieldEquals[]): boolean {
  return anyOf.length === 0 || anyOf.some((filter) => hasValues(document, [filter]));
}

function idAt(disk: SqlDisk, table: string, place: number): string {
  return String(disk.read(`SELECT _id FROM ${quote(table)} WHERE _seq = ?`, place)[0]?.[0]);
}

function placeOf(document: StoredDocument): number {
  return document._creationTime * 4096;
}
