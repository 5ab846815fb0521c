/** What full-text indexes keep of a document, and how they read what they found. */
import {
  type DocumentWrite,
  documentTerms,
  encodeKey,
  fieldAt,
  type FoundDocument,
  hasValues,
  type SearchRead,
  type StoredDocument,
} from '@betterbase/engine';
import type { RowReader, SearchManifest } from './search-texts.ts';
import { placeOf } from './sql-table.ts';
import type { SqlRow } from './sql-value.ts';

export interface SearchEntry {
  readonly place: number;
  readonly terms: readonly string[];
  /** A made-up word for the value of each filter field. */
  readonly filters: readonly string[];
}

export interface EntryChange {
  readonly old: SearchEntry | null;
  readonly next: SearchEntry | null;
}

/** Null where nothing is to be found. */
function entryOf(document: StoredDocument | null, { searchField, filterFields }: SearchManifest): SearchEntry | null {
  const terms = document === null ? [] : documentTerms(document, searchField);
  if (document === null || terms.length === 0) return null;
  const filters = filterFields.map((field, position) => filterWord(position, encodeKey([fieldAt(document, field)])));
  return { place: placeOf(document), terms, filters };
}

/** What writes change in an index. */
export function entryChanges(writes: readonly DocumentWrite[], manifest: SearchManifest): readonly EntryChange[] {
  return writes.flatMap(({ before, after }) => {
    const [old, next] = [entryOf(before, manifest), entryOf(after, manifest)];
    return isSame(old, next) ? [] : [{ old, next }];
  });
}

function isSame(one: SearchEntry | null, other: SearchEntry | null): boolean {
  if (one === null || other === null) return one === other;
  return one.terms.join(' ') === other.terms.join(' ') && one.filters.join(' ') === other.filters.join(' ');
}

/** The words that a document must have to pass the filters of a search. */
export function filterWords({ filters }: SearchRead, { filterFields }: SearchManifest): readonly string[] {
  return filters.map(({ field, value }) => filterWord(filterFields.indexOf(field), encodeKey([value])));
}

/** The documents of rows that begin as the reader wants them, and end with their place and score. */
export function foundDocuments(
  rows: Iterable<SqlRow>,
  reader: RowReader,
  { filters }: SearchRead,
  pending: readonly DocumentWrite[],
): readonly FoundDocument[] {
  const own = new Map(pending.flatMap(({ after }) => (after === null ? [] : [[placeOf(after), after]])));
  const found = Array.from(rows, (row): FoundDocument => {
    return { document: own.get(Number(row.at(-2))) ?? reader.decode(row), score: Number(row.at(-1)) / 1e9 };
  });
  const isSure = filters.every(({ value }) => isWhole(encodeKey([value])));
  return isSure ? found : found.filter(({ document }) => hasValues(document, filters));
}

/** Longer keys of filter values are cut: what is found is then compared with the value itself. */
const longestKey = 64;

function isWhole(key: string): boolean {
  return key.length <= longestKey;
}

function filterWord(position: number, key: string): string {
  let word = `f${position}x`;
  for (let at = 0; at < key.length && at < longestKey; at++) word += key.charCodeAt(at).toString(16).padStart(2, '0');
  return isWhole(key) ? word : `${word}x${key.length}`;
}
