import type { SqlDisk } from '@betterbase/providers';

/** A Durable Object's own SQLite as the disk of the embedded store. */
export function durableObjectDisk(storage: DurableObjectStorage): SqlDisk {
  return {
    exec(sql, ...params) {
      const cursor = storage.sql.exec(sql, ...params);
      const rows = [...cursor.raw()];
      return { rows, rowsRead: cursor.rowsRead, rowsWritten: cursor.rowsWritten };
    },
    transaction: (work) => storage.transactionSync(work),
  };
}
