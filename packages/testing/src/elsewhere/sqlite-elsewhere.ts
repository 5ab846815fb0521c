import { type DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type BrokenConstraint, type RemoteResult, type RemoteSql, RemoteSqlError, type SqlValue } from '@betterbase/providers';

/** A database of `node:sqlite` as if it were elsewhere: batches, each a transaction, and answers that come later. */
export class SqliteElsewhere implements RemoteSql {
  readonly dialect = 'sqlite';
  readonly #database: DatabaseSync;
  /** How many batches have been sent. */
  trips = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async batch(statements: Parameters<RemoteSql['batch']>[0], mode: 'read' | 'write'): Promise<readonly RemoteResult[]> {
    this.trips++;
    await Promise.resolve();
    this.#database.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    try {
      const results = statements.map(({ sql, params }) => this.#run(sql, params));
      this.#database.exec('COMMIT');
      return results;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw failureOf(error);
    }
  }

  #run(sql: string, params: readonly SqlValue[]): RemoteResult {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    const bound = params.map((value): SQLInputValue => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
    const columns = statement.columns().map(({ name }) => name);
    if (columns.length === 0) return { columns, rows: [], rowsWritten: Number(statement.run(...bound).changes) };
    const rows: unknown[] = statement.all(...bound);
    return { columns, rows: rows.map(toRow), rowsWritten: 0 };
  }
}

function toRow(row: unknown): SqlValue[] {
  return Array.isArray(row) ? row.map(toValue) : [];
}

function toValue(value: unknown): SqlValue {
  if (value instanceof Uint8Array) return value.slice().buffer;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function failureOf(error: unknown): RemoteSqlError {
  const message = error instanceof Error ? error.message : String(error);
  const [, words = '', names = ''] = /(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed(?:: (.*))?/.exec(message) ?? [];
  const which = constraints.get(words);
  if (which === undefined) return new RemoteSqlError({ kind: 'refused' }, message, error);
  return new RemoteSqlError({ kind: 'constraint', which, names: names === '' ? [] : names.split(', ') }, message, error);
}

const constraints: ReadonlyMap<string, BrokenConstraint> = new Map([
  ['UNIQUE', 'unique'],
  ['NOT NULL', 'not-null'],
  ['FOREIGN KEY', 'foreign-key'],
  ['CHECK', 'check'],
]);
