/** What SQL as a user may see of a table, and what that depends on. */
import { known } from '../conditions/fold-condition.ts';
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import type { SeenRows } from '../ports/sql-store.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { ReadRange } from '../transaction/read-set.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { indexFor } from './pinned-index.ts';
import type { SeenFilter } from './seen-filter.ts';

export interface SeenSql {
  /** Null: all rows. */
  readonly rows: SeenRows | null;
  readonly reads: readonly ReadRange[];
  /** It has no more parameters. */
  readonly weight: number;
}

export function allRows({ name }: CatalogTable): SeenSql {
  return { rows: null, reads: [rangeOf(name, byCreationTime, [])], weight: 0 };
}

export const noRows: SeenSql = { rows: { type: 'where', condition: known(false) }, reads: [], weight: 0 };

/** Null where a database cannot say which rows are seen. */
export function filteredRows(table: CatalogTable, filter: SeenFilter): SeenSql | null {
  if (filter.isNever) return noRows;
  const exact = filter.whole();
  if (exact === null) return null;
  const { index, prefix } = indexFor(table, filter.pins, 'prefix') ?? { index: byCreationTime, prefix: [] };
  const { where: condition, reads, weight } = exact;
  return { rows: { type: 'where', condition }, reads: [rangeOf(table.name, index, prefix), ...reads], weight };
}

/** By their ids, which somebody has looked up. */
export function listedRows({ name }: CatalogTable, ids: readonly string[]): SeenSql {
  return { rows: { type: 'ids', ids }, reads: [rangeOf(name, byCreationTime, [])], weight: 1 };
}

function rangeOf(table: string, index: string, prefix: readonly string[]): ReadRange {
  const end = { prefix, inclusive: true };
  return { table, index, lower: lowerBoundKey(end), upper: upperBoundKey(end) };
}
