import type { SqlDisk } from './sql-disk.ts';

/** The object's own SQLite. */
export function durableObjectDisk(storage: Pick<DurableObjectStorage, 'sql' | 'transactionSync'>): SqlDisk {
  return {
    rows: (sql, ...bindings) => [...storage.sql.exec(sql, ...bindings).raw()],
    transaction: (work) => storage.transactionSync(work),
  };
}
