import type { RemoteSql } from './remote-sql.ts';
import type { SqlDoor } from './sql-door.ts';

/** A database elsewhere as a call of the engine brings it along. It is good for that call. */
export interface PassedDatabase {
  readonly door: SqlDoor;
  readonly dialect: RemoteSql['dialect'];
  /** For people, such as `Turso`. */
  readonly provider: string;
}
