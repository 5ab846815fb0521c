import type { SqlDisk, SqlValue } from './sql-disk.ts';

/** The part of `ctx.storage` that is needed. */
export interface DurableObjectSqlStorage {
  readonly sql: {
    exec(
      query: string,
      ...bindings: SqlValue[]
    ): { raw(): Iterable<SqlValue[]>; readonly columnNames: readonly string[]; readonly rowsWritten: number; readonly rowsRead: number };
  };
  transactionSync<T>(work: () => T): T;
}

/** The SQLite database of a Durable Object. */
export function durableObjectDisk(storage: DurableObjectSqlStorage): SqlDisk {
  const { sql } = storage;
  return {
    // Rows as arrays take half the time of rows as objects.
    read: (query, ...params) => Array.from(sql.exec(query, ...params).raw()),
    query: (query, ...params) => {
      const cursor = sql.exec(query, ...params);
      return { rows: Array.from(cursor.raw()), columns: cursor.columnNames, rowsRead: cursor.rowsRead };
    },
    write: (query, ...params) => sql.exec(query, ...params).rowsWritten,
    transaction: (work) => storage.transactionSync(work),
  };
}
