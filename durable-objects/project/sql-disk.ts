/** A value as SQLite keeps it. */
export type SqlValue = string | number | null | ArrayBuffer;

/** What the switchboard needs of its database. Synchronous, like the disk it stands for. */
export interface SqlDisk {
  /** Runs one statement and returns its rows, each a list of column values. */
  rows(sql: string, ...bindings: readonly SqlValue[]): readonly (readonly SqlValue[])[];
  /** All of the work's writes, or none. */
  transaction(work: () => void): void;
}

/** Reads a column that was declared TEXT NOT NULL. */
export function text(value: SqlValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Expected text in this column, found ${typeof value}.`);
}

/** Reads a column that was declared INTEGER NOT NULL or REAL NOT NULL. */
export function number(value: SqlValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new TypeError(`Expected a number in this column, found ${typeof value}.`);
}

/** Reads a column that was declared TEXT. */
export function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : text(value);
}
