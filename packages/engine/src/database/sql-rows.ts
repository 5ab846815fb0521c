import type { SqlResult, SqlScalar } from '../ports/sql-store.ts';

export type SqlRows = Pick<SqlResult, 'columns' | 'rows'>;
export type SqlRecord = { readonly [column: string]: SqlScalar };

/** Rows by the names of their columns. */
export function namedRows({ columns, rows }: SqlRows): readonly SqlRecord[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, position) => [name, row[position] ?? null])));
}
