import { DatabaseSync } from 'node:sqlite';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { SqliteElsewhere } from './sqlite-elsewhere.ts';

/** A store whose documents are elsewhere; what it keeps at home is in memory. */
export function storeElsewhere(sql: RemoteSql = new SqliteElsewhere(new DatabaseSync(':memory:'))): RemoteStore {
  return new RemoteStore({ sql, provider: 'elsewhere', disk: nodeDisk(new DatabaseSync(':memory:')) });
}
