/** A `?` of a statement. */
export type SqlParameter = null | number | string | boolean | ArrayBuffer;
/** A value in a row of a statement's result. */
export type SqlColumn = null | number | string | ArrayBuffer;

/** Rows as arrays, in the order of the columns. */
export interface SqlRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlColumn[])[];
}

/** What Drizzle needs of `ctx.db`. */
export interface SqlSource {
  executeRows(sql: string, params?: readonly SqlParameter[]): Promise<SqlRows>;
}

/** `ctx.db` of a mutation can also do several things or none of them. */
export interface SqlTransaction extends SqlSource {
  /** Takes back what `work` has written if it throws. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}
