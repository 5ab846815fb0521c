import { DatabaseSync } from 'node:sqlite';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { SqliteElsewhere } from './sqlite-elsewhere.ts';

/** A store whose documents are elsewhere. `home` is where it keeps what need not be there. */
export function storeElsewhere(
  sql: RemoteSql = new SqliteElsewhere(new DatabaseSync(':memory:')),
  home: DatabaseSync = new DatabaseSync(':memory:'),
): RemoteStore {
  return new RemoteStore({ sql, provider: 'elsewhere', disk: nodeDisk(home) });
}
