import type { SqlText } from '../sql/sql-value.ts';

/** An insert of one row, that may bring other rows of the same columns along. */
export interface RowText extends SqlText {
  /** The row's place in the text, which ends with it: `(?, ?)`. */
  readonly row: string;
}

export type MergeableText = SqlText | RowText;

/** Bytes and parameters of values are bounded; so is the text. */
const mostRows = 500;

/**
 * Says with fewer statements what these say, which databases take their time for one by one. Rows move up to the first of
 * their kind, but not past anything that is not an insert.
 *
 * @param mostParameters of one statement
 */
export function mergeInserts(statements: readonly MergeableText[], mostParameters: number): readonly SqlText[] {
  const merged: SqlText[] = [];
  let open = new Map<string, Rows>();
  const close = (): void => {
    for (const { at, statement, params, rows } of open.values())
      merged[at] = { sql: statement.sql + `, ${statement.row}`.repeat(rows - 1), params };
    open = new Map();
  };
  for (const statement of statements) {
    if (!('row' in statement)) {
      if (!statement.sql.startsWith('INSERT')) close();
      merged.push(statement);
      continue;
    }
    const rows = open.get(statement.sql);
    if (rows !== undefined && rows.rows < mostRows && rows.params.length + statement.params.length <= mostParameters) {
      rows.params.push(...statement.params);
      rows.rows++;
      continue;
    }
    if (rows !== undefined) close();
    open.set(statement.sql, { at: merged.length, statement, params: [...statement.params], rows: 1 });
    merged.push(statement);
  }
  close();
  return merged;
}

interface Rows {
  readonly at: number;
  readonly statement: RowText;
  readonly params: SqlText['params'][number][];
  rows: number;
}
