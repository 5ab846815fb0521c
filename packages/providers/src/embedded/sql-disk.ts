/** What a column gives back and a parameter may be. Booleans, bigints, dates and undefined are bound wrongly by some databases. */
export type SqlValue = null | number | string | ArrayBuffer;
export type SqlRow = readonly SqlValue[];

export interface SqlResult {
  readonly rows: readonly SqlRow[];
  readonly rowsWritten: number;
}

type NotAPromise<T> = T extends PromiseLike<unknown> ? never : T;

/** A SQLite database inside this process, whichever it is. */
export interface SqlDisk {
  exec(sql: string, ...params: readonly SqlValue[]): SqlResult;
  /** Keeps all that `work` writes, or nothing if it throws. Waiting in here would let others in between, so the type forbids it. */
  transaction<T>(work: () => NotAPromise<T>): T;
}
