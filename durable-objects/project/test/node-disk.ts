import { DatabaseSync } from 'node:sqlite';
import type { SqlDisk, SqlValue } from '../sql-disk.ts';

/** SQLite in memory, as the object has it on disk. */
export function nodeDisk(): SqlDisk {
  const database = new DatabaseSync(':memory:');
  return {
    rows(sql, ...bindings) {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all(
        ...bindings.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value)),
      ) as unknown as SqlValue[][];
    },
    transaction(work) {
      database.exec('SAVEPOINT work');
      try {
        work();
        database.exec('RELEASE work');
      } catch (failure) {
        database.exec('ROLLBACK TO work');
        database.exec('RELEASE work');
        throw failure;
      }
    },
  };
}
