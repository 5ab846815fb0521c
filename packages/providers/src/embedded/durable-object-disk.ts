import type { SqlDisk, SqlRow, SqlValue } from './sql-disk.ts';

/** The part of `ctx.storage` that is needed. */
export interface DurableObjectSqlStorage {
  readonly sql: {
    exec(query: string, ...bindings: SqlValue[]): { raw(): Iterable<SqlValue[]>; readonly rowsWritten: number };
  };
  transactionSync<T>(work: () => T): T;
}

/** The SQLite database of a Durable Object. */
export function durableObjectDisk(storage: DurableObjectSqlStorage): SqlDisk {
  const { sql } = storage;
  return {
    exec(query, ...params) {
      const cursor = sql.exec(query, ...params);
      const rows: readonly SqlRow[] = Array.from(cursor.raw());
      return { rows, rowsWritten: cursor.rowsWritten };
    },
    transaction: (work) => storage.transactionSync(work),
  };
}
