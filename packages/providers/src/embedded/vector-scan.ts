/**
 * Exact search by nearness: every vector of a table is compared.
 *
 * Holds: nothing but the table's layout. A `v.vector()` column is read as the Float32 bytes that it is, some hundred rows
 * at a time; vectors kept in another way are read with their documents.
 */
import type { DocumentWrite, NearDocuments, VectorRead } from '@betterbase/engine';
import { quote } from '../sql/identifier.ts';
import { placeOf } from '../sql/sql-table.ts';
import { filterCodec, passesAny, VectorScan, type VectorTable } from '../sql/vector-scan.ts';
import { eachDocument } from './each-document.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

/** How much of a table is held at once. */
const chunkBytes = 400_000;
const bytesOfFloat = 4;
const placesAtOnce = 256;

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
  return scan.result((place) => idAt(disk, table, place));
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

/** The rows at these places, as far as they are there. */
export function compareRows(
  disk: SqlDisk,
  { place: { sqlName }, layout, codec }: VectorTable,
  scan: VectorScan,
  places: readonly number[],
): void {
  const { field, vector, anyOf } = scan.read;
  const isColumn = anyOf.length === 0 && layout.columns.some((column) => column.name === field && column.kind === 'vector');
  const selected = isColumn ? `_seq, ${quote(field)}` : codec.selected;
  const text = `SELECT ${selected} FROM ${quote(sqlName)} WHERE _seq IN (SELECT value FROM json_each(?)) ORDER BY _seq`;
  for (let from = 0; from < places.length; from += placesAtOnce) {
    for (const row of disk.read(text, JSON.stringify(places.slice(from, from + placesAtOnce)))) {
      const place = Number(row[0]);
      if (scan.isPassedOver(place)) continue;
      if (!isColumn) scan.compareDocument(codec.decode(row));
      else if (row[1] instanceof ArrayBuffer && row[1].byteLength === vector.length * bytesOfFloat)
        scan.compare(new Float32Array(row[1]), place);
    }
  }
}

export function idAt(disk: SqlDisk, { place: { sqlName } }: VectorTable, place: number): string {
  return String(disk.read(`SELECT _id FROM ${quote(sqlName)} WHERE _seq = ?`, place)[0]?.[0]);
}
