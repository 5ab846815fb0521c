import type { SqlRow, SqlValue } from '../sql/sql-value.ts';

export type { SqlRow, SqlValue } from '../sql/sql-value.ts';

export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly SqlRow[];
  /** Null: this database does not count them. */
  readonly rowsRead: number | null;
}

type NotAPromise<T> = T extends PromiseLike<unknown> ? never : T;

/** A SQLite database inside this process, whichever it is. */
export interface SqlDisk {
  read(sql: string, ...params: readonly SqlValue[]): readonly SqlRow[];
  /** The same, with the names of the columns. A statement that gives rows may also write. */
  query(sql: string, ...params: readonly SqlValue[]): SqlAnswer;
  /** Returns how many rows were written, as this database counts them. */
  write(sql: string, ...params: readonly SqlValue[]): number;
  /** Keeps all that `work` writes, or nothing if it throws. Waiting in here would let others in between, so the type forbids it. */
  transaction<T>(work: () => NotAPromise<T>): T;
}
