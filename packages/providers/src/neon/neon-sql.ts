import { neon } from '@neondatabase/serverless';
import { parseConnectionString } from '../postgres/connection-string.ts';
import { numberedParameters } from '../postgres/numbered-parameters.ts';
import { asText, toResult } from '../postgres/postgres-result.ts';
import { encodeParameter } from '../postgres/postgres-values.ts';
import { checkStatements } from '../remote/check-statements.ts';
import type { BatchMode } from '../remote/lost-failure.ts';
import { type RemoteResult, type RemoteSql, RemoteSqlError, type RemoteStatement } from '../remote/remote-sql.ts';
import type { Send } from '../remote/send.ts';
import { withoutSecret } from '../remote/without-secret.ts';
import { neonFailure } from './neon-failure.ts';
import { type NeonFetchOptions, settleNeon } from './neon-settings.ts';

export interface NeonSqlOptions {
  /** `postgresql://<user>:<password>@<host>/<database>`, as Neon shows it. One at `localhost` or `127.0.0.1` is spoken to without TLS. */
  readonly connectionString: string;
  /** Milliseconds until a batch without an answer is given up. 15,000 unless told otherwise: waking a database takes some. */
  readonly timeout?: number;
  /** The global one unless told otherwise. */
  readonly fetch?: Send;
}

/** Postgres at Neon. Each batch is one HTTP request, which Neon carries out in one transaction. */
export class NeonSql implements RemoteSql {
  readonly dialect = 'postgres';
  readonly #sql: ReturnType<typeof neon<true, true>>;
  readonly #timeout: number;
  readonly #secret: string;
  readonly #send: Send;

  /** @throws RemoteSqlError for a connection string that is none. */
  constructor({ connectionString, timeout = 15_000, fetch: send = (request, init) => fetch(request, init) }: NeonSqlOptions) {
    // The vendor's own complaint about a bad connection string would repeat it, password and all.
    this.#secret = parseConnectionString(connectionString).password;
    this.#timeout = timeout;
    this.#send = send;
    settleNeon();
    this.#sql = neon(connectionString, { arrayMode: true, fullResults: true, disableWarningInBrowsers: true });
  }

  async batch(statements: readonly RemoteStatement[], mode: BatchMode): Promise<readonly RemoteResult[]> {
    if (statements.length === 0) return [];
    checkStatements(statements);
    const sql = this.#sql;
    try {
      const results = await sql.transaction(
        statements.map((statement) =>
          sql.query(numberedParameters(statement.sql), statement.params.map(encodeParameter), { types: asText }),
        ),
        {
          isolationLevel: mode === 'read' ? 'RepeatableRead' : 'ReadCommitted',
          readOnly: mode === 'read',
          fetchOptions: { signal: AbortSignal.timeout(this.#timeout), send: this.#send } satisfies NeonFetchOptions,
        },
      );
      return results.map(toResult);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new RemoteSqlError(neonFailure(error, mode), withoutSecret(message, this.#secret), error);
    }
  }
}
