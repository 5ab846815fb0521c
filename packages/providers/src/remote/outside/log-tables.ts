/** The tables in which others' writes are noted, and what is asked of them. */
import type { SqlDialect } from '../../sql/dialect.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import type { RemoteDialect } from '../dialects.ts';

/** Says which commit of ours was the last, so that one which builds on it need not wait to hear of it. */
export const lastCommitColumn = 'ALTER TABLE _bb_meta ADD COLUMN last_commit TEXT';

/** For a database whose ledger does not have them. */
export function outsideTables({ types: { whole, real, numbered }, outside }: RemoteDialect): readonly string[] {
  return [
    'ALTER TABLE _bb_meta ADD COLUMN ours INTEGER NOT NULL DEFAULT 0',
    lastCommitColumn,
    `CREATE TABLE _bb_changes (number ${numbered}, version ${whole} NOT NULL, table_number INTEGER NOT NULL, place ${whole}, before TEXT)`,
    'CREATE INDEX _bb_changes_by_place ON _bb_changes (table_number, place)',
    `CREATE TABLE _bb_refused (number ${numbered}, table_name TEXT NOT NULL, id TEXT NOT NULL, written TEXT NOT NULL,
      code TEXT NOT NULL, message TEXT NOT NULL, at ${real} NOT NULL)`,
    ...outside.tables,
  ];
}

/** Until `endOfOurs` it is we who write, and nothing is noted. `advance` says so as well. */
export const beginOfOurs: SqlText = { sql: 'UPDATE _bb_meta SET ours = 1', params: [] };

/** From here on it is not we who write. The last statement of a batch that writes documents. */
export const endOfOurs: SqlText = { sql: 'UPDATE _bb_meta SET ours = 0', params: [] };

/** How many versions above one the log explains, and the first of all that it has. */
export function explainedText(version: number): SqlText {
  return {
    sql: 'SELECT (SELECT COUNT(DISTINCT version) FROM _bb_changes WHERE version > CAST(? AS BIGINT)), (SELECT MIN(version) FROM _bb_changes)',
    params: [version],
  };
}

/** Rows that others have changed, each once, with what it held before the first change. */
export function changesText(most: number): SqlText {
  const first = `SELECT MIN(number) FROM _bb_changes WHERE place IS NOT NULL GROUP BY table_number, place ORDER BY 1 LIMIT ${most}`;
  return { sql: `SELECT table_number, place, before FROM _bb_changes WHERE number IN (${first}) ORDER BY number`, params: [] };
}

/** Forgets these rows of a table. */
export function forgetChanges({ numbersOfJson }: SqlDialect, table: number, places: readonly number[]): SqlText {
  return {
    sql: `DELETE FROM _bb_changes WHERE table_number = CAST(? AS INTEGER) AND place IN (${numbersOfJson})`,
    params: [table, JSON.stringify(places)],
  };
}

/** Forgets statements up to a version that changed no row. */
export function forgetStatements(version: number): SqlText {
  return { sql: 'DELETE FROM _bb_changes WHERE place IS NULL AND version <= CAST(? AS BIGINT)', params: [version] };
}
