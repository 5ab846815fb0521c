/** What a vector index of the database's own keeps of a document: a vector of length 1, so that only its direction counts, and a word for the value of each filter field. */
import { asVector, type DocumentWrite, encodeKey, fieldAt, type FieldEquals, type StoredDocument } from '@betterbase/engine';
import { placeOf } from './sql-table.ts';
import type { SqlText } from './sql-value.ts';
import type { VectorManifest, VectorTexts } from './vector-texts.ts';

export interface VectorEntry {
  readonly place: number;
  /** `[1,0]` */
  readonly vector: string;
  /** Of letters and digits alone. */
  readonly filters: readonly string[];
}

/** Null for a document that is near nothing. */
function vectorEntry(document: StoredDocument | null, manifest: VectorManifest): VectorEntry | null {
  const { vectorField, dimensions, filterFields } = manifest;
  const vector = document === null ? null : asVector(fieldAt(document, vectorField), dimensions);
  const unit = vector === null ? null : toUnit(vector);
  if (document === null || unit === null) return null;
  const filters = filterFields.map((field) => filterWord(manifest, { field, value: fieldAt(document, field) }));
  return { place: placeOf(document), vector: toText(unit), filters };
}

/** What keeps the index, called `name`, in step with documents; `insert` puts a new entry into it. */
export function entryTexts(
  writes: readonly DocumentWrite[],
  { manifest, name }: Pick<VectorTexts, 'manifest' | 'name'>,
  insert: (entry: VectorEntry) => SqlText,
): readonly SqlText[] {
  return writes.flatMap(({ before, after }) => {
    const [old, next] = [vectorEntry(before, manifest), vectorEntry(after, manifest)];
    if (isSameEntry(old, next)) return [];
    return [
      ...(old === null ? [] : [{ sql: `DELETE FROM ${name} WHERE place = ?`, params: [old.place] }]),
      ...(next === null ? [] : [insert(next)]),
    ];
  });
}

function isSameEntry(one: VectorEntry | null, other: VectorEntry | null): boolean {
  return one?.vector === other?.vector && one?.filters.join() === other?.filters.join();
}

/** The same for equal values of a field, and for no others. */
export function filterWord({ filterFields }: VectorManifest, { field, value }: FieldEquals): string {
  const key = Array.from(encodeKey([value]), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
  return `f${filterFields.indexOf(field)}x${key.join('')}`;
}

/** What a vector is compared with, as an entry has it. */
export function wantedVector(vector: readonly number[]): string {
  return toText(toUnit(vector) ?? vector.map(() => 0));
}

/** Of length 1, or nothing but zeros. Null if it has numbers that are none, or beyond all bounds. */
function toUnit(vector: readonly number[]): readonly number[] | null {
  const largest = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  if (!Number.isFinite(largest)) return null;
  if (largest === 0) return vector;
  const scaled = vector.map((number) => number / largest);
  const length = Math.hypot(...scaled);
  return scaled.map((number) => number / length);
}

function toText(vector: readonly number[]): string {
  return `[${vector.map((number) => Math.fround(number)).join()}]`;
}
