import { compareValues, type Value } from '@betterbase/core';
import { encodeKey, type IndexLayout, lowerBoundKey, type RangeEnd, type TableLayout, upperBoundKey } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import { indexName, keyColumn } from './identifier.ts';

/** A bound as its column compares it. Keys stay text until they are bound. */
export type Bound = string | number;

/** The columns that order an index in SQL, the row's own place last. */
export interface IndexAccess {
  readonly columns: readonly OrderColumn[];
  /** What follows the table, if the database can be told by which index to read. */
  readonly via: string;
  /** How many fields the first column's keys are made of; 0: every column is one field. */
  readonly keyFields: number;
}

export interface OrderColumn {
  readonly sql: string;
  readonly kind: 'text' | 'boolean' | 'time' | 'key';
}

/** The end of a range in terms of the access's columns; `inclusive` as in `RangeEnd`. */
export interface AccessEnd {
  readonly bounds: readonly Bound[];
  readonly inclusive: boolean;
}

/** No place is beyond this, and every number up to it is a whole one of SQL. */
const farthest = 2 ** 62;
const place: OrderColumn = { sql: '_seq', kind: 'time' };

/** Every index of a table that can be read by range. */
export function indexAccesses(dialect: SqlDialect, home: string, layout: TableLayout): ReadonlyMap<string, IndexAccess> {
  return new Map([
    ['by_id', { columns: [{ sql: '_id', kind: 'text' }], via: dialect.by(indexName(dialect, home, 'by_id')), keyFields: 0 }],
    ['by_creation_time', { columns: [place], via: dialect.by(null), keyFields: 0 }],
    ...layout.indexes.map((index) => [index.name, indexAccess(dialect, home, layout, index)] as const),
  ]);
}

function indexAccess(dialect: SqlDialect, home: string, layout: TableLayout, index: IndexLayout): IndexAccess {
  const via = dialect.by(indexName(dialect, home, index.name));
  if (index.by === 'key')
    return { columns: [{ sql: keyColumn(dialect, index.name), kind: 'key' }, place], via, keyFields: index.fields.length };
  const columns = index.fields.map((field): OrderColumn => {
    const column = layout.columns.find(({ name }) => name === field);
    return { sql: dialect.column(field), kind: column?.kind === 'boolean' ? 'boolean' : 'text' };
  });
  return { columns: [...columns, place], via, keyFields: 0 };
}

/**
 * An end of a range as bounds of columns. A bound that its column can never equal (a number against texts) lies below or
 * above everything in it: the range then ends before or behind all that shares the bounds so far.
 */
export function accessEnd(access: IndexAccess, end: RangeEnd, side: 'lower' | 'upper'): AccessEnd {
  const { keyFields, columns } = access;
  if (keyFields > 0 && end.prefix.length < keyFields) {
    return side === 'lower' ? { bounds: [lowerBoundKey(end)], inclusive: true } : { bounds: [upperBoundKey(end)], inclusive: false };
  }
  const values = keyFields > 0 ? end.prefix.slice(keyFields) : end.prefix;
  const bounds: Bound[] = keyFields > 0 ? [encodeKey(end.prefix.slice(0, keyFields))] : [];
  for (const value of values) {
    const kind = columns[bounds.length]?.kind;
    if (kind === undefined) break;
    const bound = toBound(kind, value);
    if (bound === 'below') return { bounds, inclusive: side === 'lower' };
    if (bound === 'above') return { bounds, inclusive: side === 'upper' };
    bounds.push(bound.at);
    if (bound.isBetween) return { bounds, inclusive: side === 'lower' };
  }
  return { bounds, inclusive: end.inclusive };
}

/** `isBetween`: nothing equals the value; `at` is the least bound above it. */
type Placed = 'below' | 'above' | { readonly at: Bound; readonly isBetween?: true };

function toBound(kind: OrderColumn['kind'], value: Value | undefined): Placed {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? textBound(value) : besides(value, '');
    case 'boolean':
      return typeof value === 'boolean' ? { at: value ? 1 : 0 } : besides(value, false);
    case 'time':
      return typeof value === 'number' ? timeBound(value) : besides(value, 0);
    case 'key':
      throw new Error('The fields of a key are bound together.');
    default:
      return kind satisfies never;
  }
}

function besides(value: Value | undefined, typical: Value): Placed {
  return compareValues(value, typical) < 0 ? 'below' : 'above';
}

function timeBound(time: number): Placed {
  const at = time * 4096;
  if (!(Math.abs(at) <= farthest)) return at < 0 ? 'below' : 'above';
  return Number.isInteger(at) ? { at } : { at: Math.ceil(at), isBetween: true };
}

/** Half a surrogate pair is in no stored text, and SQL would read another character: U+E000 is the next that can be there. */
function textBound(text: string): Placed {
  const broken = text.search(/\p{Surrogate}/u);
  return broken < 0 ? { at: text } : { at: `${text.slice(0, broken)}\ue000`, isBetween: true };
}
