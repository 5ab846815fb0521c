import type { SqlText } from './sql-value.ts';

/** Statements without parameters. */
export function plainTexts(list: readonly string[]): SqlText[] {
  return list.map((sql) => ({ sql, params: [] }));
}
