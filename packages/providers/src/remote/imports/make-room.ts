import type { StoredDocument } from '@betterbase/engine';
import { placeOf } from '../../sql/sql-table.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import type { RemoteTable } from '../remote-table.ts';
import type { RemoteLink } from '../remote-link.ts';
import type { PlacedPart } from './place-import.ts';

const chunk = 100;
/** How far a free place is looked for with one round trip. */
const reach = 64;

/** Moves documents that lie aside out of the way of others that stay: two of a table have never one place. */
export async function makeRoom(link: RemoteLink, { aside, target, staging, wanted }: PlacedPart): Promise<void> {
  const to = target.sql.sqlName;
  const from = aside.sql.sqlName;
  const find = `SELECT s._seq FROM ${from} s JOIN ${to} t ON t._seq = s._seq AND t._id <> s._id ORDER BY s._seq LIMIT ${chunk}`;
  for (;;) {
    const [clashes = []] = await link.read(plainTexts([find]));
    if (clashes.length === 0) return;
    const moves: [number, number][] = [];
    const taken = new Set<number>();
    for (const [seq] of clashes) {
      const place = Number(seq);
      const free = await freePlace(link, to, place, (each) => taken.has(each) || staging.has(each));
      taken.add(free);
      moves.push([place, free]);
    }
    await link.write(moves.map(([place, free]) => ({ sql: `UPDATE ${from} SET _seq = ? WHERE _seq = ?`, params: [free, place] })));
    for (const [place, free] of moves) staging.move(place, free);
    if (wanted.mode !== 'append' && wanted.mode !== 'upsert') return;
  }
}

/**
 * Which places other documents have, around those that these want, as far as one round trip tells. What it does not tell is
 * found by `makeRoom`.
 */
export async function placesTaken(
  link: RemoteLink,
  { sql: { sqlName, codec } }: RemoteTable,
  documents: readonly StoredDocument[],
): Promise<(place: number, id: string) => boolean> {
  const near = `SELECT t._seq, t._id FROM ${sqlName} t JOIN ${sqlName} c ON t._seq >= c._seq AND t._seq < c._seq + ${reach} WHERE c._seq IN (${codec.dialect.numbersOfJson})`;
  const [rows = []] = await link.read([{ sql: near, params: [JSON.stringify(documents.map(placeOf))] }]);
  const there = new Map(rows.map(([place, id]) => [Number(place), String(id)]));
  return (place, id) => there.has(place) && there.get(place) !== id;
}

async function freePlace(link: RemoteLink, table: string, wanted: number, isTaken: (place: number) => boolean): Promise<number> {
  for (let first = wanted + 1; ; first += reach) {
    const [rows = []] = await link.read([
      { sql: `SELECT _seq FROM ${table} WHERE _seq >= ? AND _seq < ?`, params: [first, first + reach] },
    ]);
    const there = new Set(rows.map(([place]) => Number(place)));
    for (let place = first; place < first + reach; place++) if (!there.has(place) && !isTaken(place)) return place;
  }
}
