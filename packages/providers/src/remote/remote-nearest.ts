import type { DocumentWrite, NearDocuments, VectorRead } from '@betterbase/engine';
import { pageOf, pageTexts } from '../sql/page-text.ts';
import type { SqlTable } from '../sql/sql-table.ts';
import { filterCodec, passesAny, VectorScan } from '../sql/vector-scan.ts';
import type { VectorTexts } from '../sql/vector-texts.ts';
import type { RemoteLink } from './remote-link.ts';
import type { RemoteTable } from './remote-table.ts';

/** How much of a table comes with one round trip. */
const chunkBytes = 2_000_000;
const bytesOfFloat = 4;

/** The nearest, by an index of the database's own where there is one for it. */
export async function remoteNearest(
  link: RemoteLink,
  table: RemoteTable,
  read: VectorRead,
  pending: readonly DocumentWrite[],
): Promise<NearDocuments> {
  const vectors = table.vectorsFor(read);
  return vectors === null ? await compareAll(link, table.sql, read, pending) : await lookFirst(link, table.sql, vectors, { read, pending });
}

/** Compares every vector of the table: they come here some at a time. */
async function compareAll(link: RemoteLink, table: SqlTable, read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
  const scan = new VectorScan(read, pending);
  const isColumn = table.layout.columns.some(({ name, kind }) => name === read.field && kind === 'vector');
  await (isColumn ? scanColumn(link, table, read, scan) : scanDocuments(link, table, scan));
  for (const { after } of pending) if (after !== null) scan.compareDocument(after);

  const { dialect } = table.codec;
  const places = scan.committed;
  const idsText = `SELECT _seq, _id FROM ${table.sqlName} WHERE _seq IN (${dialect.numbersOfJson})`;
  const [ids = []] = places.length === 0 ? [] : await link.read([{ sql: idsText, params: [JSON.stringify(places)] }]);
  const byPlace = new Map(ids.map(([place, id]) => [Number(place), String(id)]));
  return scan.result((place) => byPlace.get(place) ?? '');
}

/** How many more the database is asked for than are wanted, and how many times as many when that was not enough. */
const spare = 16;
const growth = 4;

/** Compares exactly what the database finds to be nearest, roughly; and asks for more while the next might be as near. */
async function lookFirst(
  link: RemoteLink,
  table: SqlTable,
  vectors: VectorTexts,
  { read, pending }: { readonly read: VectorRead; readonly pending: readonly DocumentWrite[] },
): Promise<NearDocuments> {
  const codec = filterCodec(table, [...read.anyOf, { field: read.field, value: undefined }]);
  for (let most = read.limit + pending.length + spare; ; most *= growth) {
    const results = await link.read(vectors.find(read, codec.selected, most));
    const rows = results.at(-1) ?? [];
    const scan = new VectorScan(read, pending);
    const ids = new Map(rows.map((row) => [Number(row[0]), String(row[1])]));
    for (const row of rows) if (!scan.isPassedOver(Number(row[0]))) scan.compareDocument(codec.decode(row));
    for (const { after } of pending) if (after !== null) scan.compareDocument(after);
    const last = rows.reduce((least, row) => Math.min(least, Number(row.at(-1))), Number.POSITIVE_INFINITY);
    const isSure = rows.length < most || last + vectors.doubt < scan.leastWanted;
    if (isSure || vectors.manifest.approximate === true) return scan.result((place) => ids.get(place) ?? '');
  }
}

async function scanColumn(link: RemoteLink, table: SqlTable, { field, vector, anyOf }: VectorRead, scan: VectorScan): Promise<void> {
  const codec = anyOf.length === 0 ? null : filterCodec(table, anyOf);
  const column = table.codec.dialect.column(field);
  const bytes = vector.length * bytesOfFloat;
  const chunk = Math.ceil(chunkBytes / (bytes + 100));
  const sql = `SELECT ${codec?.selected ?? '_seq'}, ${column} AS _vector FROM ${table.sqlName} WHERE _seq > ? AND ${column} IS NOT NULL ORDER BY _seq LIMIT ${chunk}`;
  for (let place = Number.MIN_SAFE_INTEGER; ; ) {
    const [rows = []] = await link.read([{ sql, params: [place] }]);
    for (const row of rows) {
      place = Number(row[0]);
      const own = row.at(-1);
      if (!(own instanceof ArrayBuffer) || own.byteLength !== bytes || scan.isPassedOver(place)) continue;
      if (codec === null || passesAny(codec.decode(row), anyOf)) scan.compare(new Float32Array(own), place);
    }
    if (rows.length < chunk) return;
  }
}

async function scanDocuments(link: RemoteLink, table: SqlTable, scan: VectorScan): Promise<void> {
  for (let behind = Number.MIN_SAFE_INTEGER; ; ) {
    const { rows, isLast } = pageOf(await link.read(pageTexts(table, { behind, upTo: Number.MAX_SAFE_INTEGER })));
    for (const row of rows) {
      behind = Number(row[0]);
      if (!scan.isPassedOver(behind)) scan.compareDocument(table.codec.decode(row));
    }
    if (isLast) return;
  }
}
