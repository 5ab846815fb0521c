/**
 * Where a kept query is found: numbers that stand for what it read, and that a write inside what it read has too.
 *
 * All keys of an interval begin as its two ends begin together, so one point stands for that beginning, and a write is
 * looked up at every beginning of its keys. Different things may share a point: a point finds candidates, no more.
 */
import type { DocumentWrite, StoredDocument } from '../ports/document-store.ts';
import { documentTerms } from '../search/matching.ts';
import type { ReadRange, ReadSearch, ReadSet } from '../transaction/read-set.ts';
import { type IndexFields, touchedKeys } from './touched-keys.ts';
import { isWatched } from './watched-fields.ts';

/** Beginnings that are longer are cut. */
const longestBeginning = 32;
/** Prefixes of terms are cut to this: a term is looked up at each of its beginnings. */
const longestTermPrefix = 2;
/** A query with more gets one point for each table it read. */
const mostPoints = 256;

/** The points of what a query read. */
export function pointsOf(reads: ReadSet): readonly number[] {
  const points = new Set<number>();
  for (const range of reads.ranges) if (range.lower < range.upper) points.add(pointOfRange(range));
  for (const id of reads.ids) points.add(pointOf(`id\n${id}`));
  for (const search of reads.searches) for (const point of pointsOfSearch(search)) points.add(point);
  if (points.size <= mostPoints) return [...points];
  const tables = [...reads.ranges, ...reads.searches].map(({ table }) => pointOf(`table\n${table}`));
  return [...new Set([...tables, ...[...reads.ids].map((id) => pointOf(`id\n${id}`))])];
}

/** The points at which a query may have read what these writes change. `searched`: the searched fields of a table. */
export function pointsOfWrites(
  writes: readonly DocumentWrite[],
  indexes: IndexFields,
  searched: (table: string) => Iterable<string>,
): readonly number[] {
  const points = new Set<number>();
  for (const write of writes) {
    points.add(pointOf(`id\n${write.id}`));
    points.add(pointOf(`table\n${write.table}`));
    for (const [index, fields] of indexes(write.table)) {
      for (const key of touchedKeys(write, fields)) addBeginnings(spaceText(write.table, index), key, points);
    }
    for (const field of searched(write.table)) {
      for (const document of [write.before, write.after]) if (document !== null) addTerms(write.table, field, document, points);
    }
  }
  return [...points];
}

function pointOfRange({ table, index, lower, upper }: ReadRange): number {
  // Whoever writes does not know by which fields rows are watched.
  if (isWatched(index)) return pointOf(`table\n${table}`);
  const most = Math.min(lower.length, upper.length, longestBeginning);
  let shared = 0;
  while (shared < most && lower.charCodeAt(shared) === upper.charCodeAt(shared)) shared++;
  return pointOf(spaceText(table, index) + lower.slice(0, shared));
}

function addBeginnings(space: string, key: string, points: Set<number>): void {
  const hash = new RunningHash(space);
  points.add(hash.value);
  const most = Math.min(key.length, longestBeginning);
  for (let position = 0; position < most; position++) {
    hash.add(key.charCodeAt(position));
    points.add(hash.value);
  }
}

function pointsOfSearch({ table, field, terms, prefix }: ReadSearch): number[] {
  const exact = terms.map((term) => pointOf(termText(table, field, '=', term)));
  return prefix === null ? exact : [...exact, pointOf(termText(table, field, '^', prefix.slice(0, longestTermPrefix)))];
}

function addTerms(table: string, field: string, document: StoredDocument, points: Set<number>): void {
  for (const term of documentTerms(document, field)) {
    points.add(pointOf(termText(table, field, '=', term)));
    for (let length = 0; length <= Math.min(term.length, longestTermPrefix); length++)
      points.add(pointOf(termText(table, field, '^', term.slice(0, length))));
  }
}

function spaceText(table: string, index: string): string {
  return `range\n${table}\n${index}\n`;
}

function termText(table: string, field: string, kind: '=' | '^', term: string): string {
  return `term\n${table}\n${field}\n${kind}${term}`;
}

function pointOf(text: string): number {
  return new RunningHash(text).value;
}

/** Taken now: in the engine's isolate `Math` is replaced later. */
const { imul } = Math;

/** 52 bits of everything added so far. */
class RunningHash {
  #a = 0x811c9dc5;
  #b = 0x41c6ce57;

  constructor(text: string) {
    for (let position = 0; position < text.length; position++) this.add(text.charCodeAt(position));
  }

  add(unit: number): void {
    this.#a = imul(this.#a ^ unit, 0x01000193);
    this.#b = imul(this.#b ^ unit, 0x9e3779b1) ^ (this.#b >>> 15);
  }

  get value(): number {
    return (this.#a >>> 0) * 0x100000 + ((this.#b ^ (this.#b >>> 13)) & 0xfffff);
  }
}
