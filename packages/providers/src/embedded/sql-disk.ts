/** What a column gives back and a parameter may be. Booleans, bigints, dates and undefined are bound wrongly by some databases. */
export type SqlValue = null | number | string | ArrayBuffer;
export type SqlRow = readonly SqlValue[];

type NotAPromise<T> = T extends PromiseLike<unknown> ? never : T;

/** A SQLite database inside this process, whichever it is. */
export interface SqlDisk {
  read(sql: string, ...params: readonly SqlValue[]): readonly SqlRow[];
  /** The same, each row by the names of its columns. */
  records(sql: string, ...params: readonly SqlValue[]): readonly { readonly [column: string]: SqlValue }[];
  /** Returns how many rows were written, as this database counts them. */
  write(sql: string, ...params: readonly SqlValue[]): number;
  /** Keeps all that `work` writes, or nothing if it throws. Waiting in here would let others in between, so the type forbids it. */
  transaction<T>(work: () => NotAPromise<T>): T;
}
