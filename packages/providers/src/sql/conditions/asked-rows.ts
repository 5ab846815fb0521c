/** What rows of a range are to be like, for the statements that read it. */
import type { BetterBaseError } from '@betterbase/core';
import type { RangeRead, RowCondition } from '@betterbase/engine';
import type { SqlDialect } from '../dialect.ts';
import type { SqlText } from '../sql-value.ts';
import type { TableCounts } from '../table-counts.ts';
import { compileCondition, type ConditionTable } from './compile-condition.ts';
import { boundOf, passesTooMany } from './passed-rows.ts';

export interface AskedRows {
  readonly where: SqlText;
  /** At most so many rows are looked at; null: there are no more. */
  readonly passes: number | null;
  /** What is thrown when that was not enough. */
  readonly tooMany: (table: string) => BetterBaseError;
}

export interface AskedParts {
  readonly dialect: SqlDialect;
  readonly tables: (name: string) => ConditionTable;
  readonly counts: Pick<TableCounts, 'of'>;
}

/** Of conditions in use: a scan asks with the same one again and again, and tables are others after a migration. */
const texts = new WeakMap<ConditionTable, WeakMap<RowCondition, SqlText>>();

/** @throws BetterBaseError `query/reads-too-much` when a subquery would have the database walk over too large a table */
export function askRows(range: Pick<RangeRead, 'table' | 'where' | 'passes'>, where: RowCondition, parts: AskedParts): AskedRows {
  const { dialect, tables, counts } = parts;
  const table = tables(range.table);
  const known = texts.get(table) ?? new WeakMap<RowCondition, SqlText>();
  texts.set(table, known);
  const text = known.get(where) ?? compileCondition(where, { dialect, table, alias: table.sqlName, tables });
  known.set(where, text);
  const passes = boundOf(range, counts, (name) => tables(name).layout);
  return { where: text, passes, tooMany: (name) => passesTooMany(name, passes ?? 0) };
}
