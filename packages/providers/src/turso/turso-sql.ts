import { type Client, createClient, type ResultSet, type Value } from '@libsql/client/web';
import type { SqlValue } from '../disk/sql-disk.ts';
import { checkStatements } from '../remote/check-statements.ts';
import type { BatchMode } from '../remote/lost-failure.ts';
import { type RemoteResult, type RemoteSql, RemoteSqlError, type RemoteStatement } from '../remote/remote-sql.ts';
import type { Send } from '../remote/send.ts';
import { withoutSecret } from '../remote/without-secret.ts';
import { tursoFailure } from './turso-failure.ts';

export interface TursoSqlOptions {
  /** `libsql://<database>-<organisation>.turso.io`, or `http:` and `https:`. Always spoken to over HTTP. */
  readonly url: string;
  readonly authToken?: string;
  /** Milliseconds until a batch without an answer is given up. 15,000 unless told otherwise. */
  readonly timeout?: number;
  /** The global one unless told otherwise. */
  readonly fetch?: Send;
}

/** A database at Turso, or any other server of libSQL, over HTTP. */
export class TursoSql implements RemoteSql {
  readonly dialect = 'sqlite';
  readonly #client: Client;
  readonly #secret: string;

  /** @throws RemoteSqlError for an address that is none. */
  constructor({ url, authToken, timeout = 15_000, fetch: send = (request, init) => fetch(request, init) }: TursoSqlOptions) {
    this.#secret = authToken ?? '';
    try {
      this.#client = createClient({
        url: url.replace(/^ws(s?):/, 'http$1:'),
        ...(authToken === undefined ? {} : { authToken }),
        intMode: 'bigint',
        // The client would let one request wait for another's, which Workers forbid: their work ends with them.
        concurrency: Number.MAX_SAFE_INTEGER,
        // Where it would be sent on to was never checked, and the token would go along.
        fetch: (request: Request) => send(request, { signal: AbortSignal.timeout(timeout), redirect: 'manual' }),
      });
    } catch (error) {
      throw this.#failed(error, 'read');
    }
  }

  async batch(statements: readonly RemoteStatement[], mode: BatchMode): Promise<readonly RemoteResult[]> {
    if (statements.length === 0) return [];
    checkStatements(statements);
    try {
      const results = await this.#client.batch(
        statements.map(({ sql, params }) => ({ sql, args: [...params] })),
        mode,
      );
      return results.map(toResult);
    } catch (error) {
      throw this.#failed(error, mode);
    }
  }

  #failed(error: unknown, mode: BatchMode): RemoteSqlError {
    const message = error instanceof Error ? error.message : String(error);
    return new RemoteSqlError(tursoFailure(error, mode), withoutSecret(message, this.#secret), error);
  }
}

function toResult({ columns, rows, rowsAffected }: ResultSet): RemoteResult {
  return { columns, rows: rows.map((row) => columns.map((_column, at) => toValue(row[at]))), rowsWritten: rowsAffected };
}

function toValue(value: Value | undefined): SqlValue {
  if (typeof value === 'bigint') return toNumberOrText(value);
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}

function toNumberOrText(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
