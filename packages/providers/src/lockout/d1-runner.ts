import type { SqlRow, SqlValue } from '../sql/sql-value.ts';
import type { LockoutParts } from './lockout.ts';

interface Statement {
  bind(...values: readonly SqlValue[]): Statement;
}

/** The part of a D1 database that is needed. */
export interface BatchDatabase<Prepared extends Statement = Statement> {
  prepare(sql: string): Prepared;
  batch(statements: Statement[]): Promise<readonly { readonly results: readonly unknown[] }[]>;
}

/** Statements in D1, where `attempts` is a table of the control plane. */
export function d1Runner(database: BatchDatabase): LockoutParts['run'] {
  return async (statements) => {
    if (statements.length === 0) return [];
    const done = await database.batch(statements.map(({ sql, params }) => database.prepare(sql).bind(...params)));
    return done.map(({ results }) => results.map(toRow));
  };
}

function toRow(result: unknown): SqlRow {
  return typeof result === 'object' && result !== null ? Object.values(result as Readonly<Record<string, SqlValue>>) : [];
}
