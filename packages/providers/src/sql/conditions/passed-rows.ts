/** Rows that a database looks at and does not hand out: they cost little each, and a table may have a great many. */
import { type BetterBaseError, overLimit } from '@betterbase/core';
import { type RangeRead, type TableLayout, tablesWalked } from '@betterbase/engine';
import type { TableCounts } from '../table-counts.ts';

type Filtered = Pick<RangeRead, 'table' | 'where' | 'passes'>;

/**
 * How many rows of the range may be looked at; null where the table has no more than may be anyway.
 *
 * @throws BetterBaseError `query/reads-too-much` when a subquery would have the database walk over too large a table
 */
export function boundOf(
  { table, where, passes }: Filtered,
  counts: Pick<TableCounts, 'of'>,
  layoutOf: (table: string) => Pick<TableLayout, 'columns' | 'indexes'>,
): number | null {
  if (where === undefined || passes === undefined) return null;
  const walked = tablesWalked(where, [layoutOf(table)], layoutOf).find((name) => counts.of(name) > passes);
  if (walked !== undefined) throw passesTooMany(walked, passes);
  return counts.of(table) > passes ? passes : null;
}

export function passesTooMany(table: string, passes: number): BetterBaseError {
  return overLimit('rowsPassed', passes, {
    measured: passes + 1,
    what: `To find the rows of \`${table}\` that are seen the database has to look at ${passes + 1} or more`,
    hint: 'Read by an index, or add one on the fields that the policy compares.',
  });
}
