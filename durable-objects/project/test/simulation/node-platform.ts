import { DatabaseSync } from 'node:sqlite';
import { nodeDisk as engineDisk } from '@betterbase/providers';
import type { SqlDisk } from '../../sql-disk.ts';
import type { Platform } from './life.ts';

/** Two SQLite databases in memory. */
export function nodePlatform(): Platform {
  const switchboard = engineDisk(new DatabaseSync(':memory:'));
  const disk: SqlDisk = {
    rows: (sql, ...bindings) => switchboard.read(sql, ...bindings),
    transaction: (work) => switchboard.transaction(work),
  };
  return {
    disks: { switchboard: disk, engine: engineDisk(new DatabaseSync(':memory:')) },
    macrotask: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
