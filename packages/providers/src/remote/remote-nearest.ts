import type { DocumentWrite, NearDocuments, VectorRead } from '@betterbase/engine';
import { pageOf, pageTexts } from '../sql/page-text.ts';
import type { SqlTable } from '../sql/sql-table.ts';
import { filterCodec, passesAny, VectorScan } from '../sql/vector-scan.ts';
import type { RemoteLink } from './remote-link.ts';

/** How much of a table comes with one round trip. */
const chunkBytes = 2_000_000;
const bytesOfFloat = 4;

/** Compares every vector of the table: they come here some at a time. */
export async function remoteNearest(
  link: RemoteLink,
  table: SqlTable,
  read: VectorRead,
  pending: readonly DocumentWrite[],
): Promise<NearDocuments> {
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
