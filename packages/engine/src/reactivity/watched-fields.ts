/**
 * What a subquery depends on that the store has answered: rows of a table by some of their fields, in the order of an index that
 * is nowhere but in the keys. A write matters if it brings a row into the range or out of it, or changes one of the fields.
 *
 * Its name has the fields, so that whoever has only the read set knows them: no index of the schema is called so.
 */
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import type { RangeEnd } from '../ports/document-store.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { ReadRange } from '../transaction/read-set.ts';

const mark = '=';

/** The rows that have these texts, as far as these fields of them go. */
export function watchedRows(
  table: string,
  pins: readonly { readonly field: string; readonly value: string }[],
  fields: readonly string[],
): ReadRange {
  const all = [...pins.map(({ field }) => field), ...fields];
  // In keys a dot leads into an object.
  if (all.length === 0 || all.some((field) => field.includes('.'))) return { table, index: byCreationTime, ...boundsOf([]) };
  const pinned = new Map(pins.map(({ field, value }) => [field, value]));
  const names = [...pinned.keys()].sort();
  const others = [...new Set(fields)].filter((field) => !pinned.has(field)).sort();
  return { table, index: mark + JSON.stringify([...names, ...others]), ...boundsOf(names.map((name) => pinned.get(name))) };
}

function boundsOf(prefix: RangeEnd['prefix']): Pick<ReadRange, 'lower' | 'upper'> {
  const end = { prefix, inclusive: true };
  return { lower: lowerBoundKey(end), upper: upperBoundKey(end) };
}

/** The fields of such an order; null for an index of the schema. */
export function watchedFields(index: string): readonly string[] | null {
  if (!index.startsWith(mark)) return null;
  const fields: unknown = JSON.parse(index.slice(mark.length));
  return Array.isArray(fields) ? fields.map(String) : [];
}

export function isWatched(index: string): boolean {
  return index.startsWith(mark);
}
