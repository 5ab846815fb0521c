import type { SqlValue } from '../disk/sql-disk.ts';
import { checkStatements } from '../remote/check-statements.ts';
import { type BatchMode, lostFailure } from '../remote/lost-failure.ts';
import { type RemoteResult, type RemoteSql, RemoteSqlError, type RemoteStatement } from '../remote/remote-sql.ts';
import { within } from '../remote/within.ts';
import type { D1Answer, D1Binding } from './d1-binding.ts';
import { d1Failure } from './d1-failure.ts';

export interface D1SqlOptions {
  /** Milliseconds until a batch without an answer is given up. 30,000 unless told otherwise, as D1 itself has it. */
  readonly timeout?: number;
}

/** A D1 database, over its binding. */
export class D1Sql implements RemoteSql {
  readonly dialect = 'sqlite';
  readonly #database: D1Binding;
  readonly #timeout: number;

  constructor(database: D1Binding, { timeout = 30_000 }: D1SqlOptions = {}) {
    this.#database = database;
    this.#timeout = timeout;
  }

  async batch(statements: readonly RemoteStatement[], mode: BatchMode): Promise<readonly RemoteResult[]> {
    if (statements.length === 0) return [];
    checkStatements(statements);
    const late = (): RemoteSqlError => new RemoteSqlError(lostFailure(mode), `No answer in ${this.#timeout} ms.`);
    try {
      const prepared = statements.map(({ sql, params }) => this.#database.prepare(sql).bind(...params));
      return (await within(this.#timeout, this.#database.batch(prepared), late)).map(toResult);
    } catch (error) {
      if (error instanceof RemoteSqlError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new RemoteSqlError(d1Failure(message, mode), message, error);
    }
  }
}

function toResult({ results, meta }: D1Answer): RemoteResult {
  const [first] = results;
  const columns = isRow(first) ? Object.keys(first) : [];
  const rows = results.filter(isRow).map((row) => columns.map((column) => toValue(row[column])));
  return { columns, rows, rowsWritten: meta.changes ?? 0 };
}

function isRow(row: unknown): row is Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null;
}

/** Bytes come as a list of numbers. */
function toValue(value: unknown): SqlValue {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? Uint8Array.from(value, Number).buffer : null;
}
