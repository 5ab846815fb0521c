import pg from 'pg';
import { checkStatements } from '../remote/check-statements.ts';
import { type BatchMode, lostFailure } from '../remote/lost-failure.ts';
import { type RemoteFailure, type RemoteResult, type RemoteSql, RemoteSqlError, type RemoteStatement } from '../remote/remote-sql.ts';
import { within } from '../remote/within.ts';
import { withoutSecret } from '../remote/without-secret.ts';
import { parseConnectionString, type PostgresAddress } from './connection-string.ts';
import { numberedParameters } from './numbered-parameters.ts';
import { postgresFailure } from './postgres-failure.ts';
import { asText, toResult } from './postgres-result.ts';
import { encodeParameter } from './postgres-values.ts';

export interface PostgresSqlOptions {
  /** `postgresql://<user>:<password>@<host>:<port>/<database>`; what follows a `?` is passed over. */
  readonly connectionString: string;
  /** Whether to speak TLS, to a server whose certificate the platform trusts. True unless told otherwise. */
  readonly isEncrypted?: boolean;
  /** Milliseconds until a batch without an answer is given up. 15,000 unless told otherwise. */
  readonly timeout?: number;
}

/**
 * A PostgreSQL over its own protocol.
 *
 * Each batch has a connection of its own: a Worker's cannot outlive the request that made it. Once that stands, the whole
 * batch is sent at once, and its answers come back together.
 */
export class PostgresSql implements RemoteSql {
  readonly dialect = 'postgres';
  readonly #address: PostgresAddress;
  readonly #isEncrypted: boolean;
  readonly #timeout: number;

  /** @throws RemoteSqlError for a connection string that is none. */
  constructor({ connectionString, isEncrypted = true, timeout = 15_000 }: PostgresSqlOptions) {
    this.#address = parseConnectionString(connectionString);
    this.#isEncrypted = isEncrypted;
    this.#timeout = timeout;
  }

  async batch(statements: readonly RemoteStatement[], mode: BatchMode): Promise<readonly RemoteResult[]> {
    if (statements.length === 0) return [];
    checkStatements(statements);
    const client = new pg.Client({ ...this.#address, ssl: this.#isEncrypted, pipeline: true });
    // Whatever ends the connection ends the batch, which tells of it.
    client.on('error', () => {});
    let isSent = false;
    const work = async (): Promise<readonly RemoteResult[]> => {
      await client.connect();
      isSent = true;
      return await carryOut(client, statements, mode);
    };
    try {
      return await within(this.#timeout, work(), () => new Error(`No answer in ${this.#timeout} ms.`));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const failure = failureOf(error) ?? (isSent ? lostFailure(mode) : { kind: 'unreachable' });
      throw new RemoteSqlError(failure, withoutSecret(message, this.#address.password), error);
    } finally {
      // The answer does not wait for the goodbye.
      client.end().catch(() => {});
    }
  }
}

/** Sends everything without waiting between. What follows a statement that fails fails too, the commit included. */
async function carryOut(client: pg.Client, statements: readonly RemoteStatement[], mode: BatchMode): Promise<readonly RemoteResult[]> {
  const begin = mode === 'read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';
  const sent = [
    client.query(begin),
    ...statements.map(({ sql, params }) =>
      client.query<unknown[]>({
        text: numberedParameters(sql),
        values: params.map(encodeParameter),
        types: asText,
        rowMode: 'array',
      }),
    ),
    client.query('COMMIT'),
  ];
  const ends = await Promise.allSettled(sent);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const answers = await Promise.all(sent);
  return answers.slice(1, -1).map(toResult);
}

/** Null: it has no code that would say. */
function failureOf(error: unknown): RemoteFailure | null {
  if (!(error instanceof pg.DatabaseError)) return null;
  const { code, table, column, constraint } = error;
  return code === undefined ? null : postgresFailure({ code, table, column, constraint });
}
