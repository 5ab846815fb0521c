import type { SqlSource, SqlTransaction } from '@betterbase/core';
import type { RelationalSchemaConfig, TablesRelationalConfig } from 'drizzle-orm';
import type { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import {
  type AsyncRemoteCallback,
  type PreparedQueryConfig,
  type RemotePreparedQuery,
  SQLiteProxyTransaction,
  SQLiteRemoteSession,
} from 'drizzle-orm/sqlite-proxy';

type Schema = RelationalSchemaConfig<TablesRelationalConfig> | undefined;
type Transaction = SQLiteProxyTransaction<Record<string, unknown>, TablesRelationalConfig>;
type Prepare = Parameters<SQLiteRemoteSession<Record<string, unknown>, TablesRelationalConfig>['prepareQuery']>;
type Work<T> = (transaction: Transaction) => Promise<T>;

/** What a transaction is made of. */
interface Parts {
  readonly db: SqlSource;
  readonly dialect: SQLiteAsyncDialect;
  readonly schema: Schema;
}

/** A mutation is a transaction already: `transaction` takes back what its work has written if that throws, and no more. */
export class AttemptSession extends SQLiteRemoteSession<Record<string, unknown>, TablesRelationalConfig> {
  readonly #parts: Parts;

  constructor(db: SqlSource, run: AsyncRemoteCallback, dialect: SQLiteAsyncDialect, schema: Schema) {
    super(run, dialect, schema, async (statements) => {
      const results = [];
      for (const { sql, params, method } of statements) results.push(await run(sql, params, method));
      return results;
    });
    this.#parts = { db, dialect, schema };
  }

  /** Drizzle would wrap what went wrong in an error of its own, and its name would be lost. */
  override prepareQuery<T extends Omit<PreparedQueryConfig, 'run'>>(...given: Prepare): RemotePreparedQuery<T> {
    const prepared = super.prepareQuery<T>(...given);
    return Object.assign(prepared, {
      queryWithCache: async (_sql: string, _params: unknown, query: () => Promise<unknown>) => await query(),
    });
  }

  override async transaction<T>(work: Work<T>): Promise<T> {
    return await attempt(this.#parts.db, async () => await work(new Attempt(this.#parts, this)));
  }
}

class Attempt extends SQLiteProxyTransaction<Record<string, unknown>, TablesRelationalConfig> {
  readonly #parts: Parts;
  readonly #session: AttemptSession;

  constructor(parts: Parts, session: AttemptSession) {
    super('async', parts.dialect, session, parts.schema);
    this.#parts = parts;
    this.#session = session;
  }

  override async transaction<T>(work: Work<T>): Promise<T> {
    return await attempt(this.#parts.db, async () => await work(new Attempt(this.#parts, this.#session)));
  }
}

async function attempt<T>(db: SqlSource, work: () => Promise<T>): Promise<T> {
  return await (isTransaction(db) ? db.attempt(work) : work());
}

function isTransaction(db: SqlSource): db is SqlTransaction {
  return 'attempt' in db;
}
