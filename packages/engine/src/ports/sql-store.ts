/** What a parameter of a statement may be, and what a column of its result is. */
export type SqlScalar = null | number | string | ArrayBuffer;

export interface SqlRead {
  readonly rows: readonly { readonly [column: string]: SqlScalar }[];
  /** The tables that the statement looks into; null: this cannot be told, it may be any. */
  readonly tables: readonly string[] | null;
  /** Whether it asks for time or chance. */
  readonly readsClock: boolean;
}

/** SQL over the documents' tables. Only some stores can. */
export interface SqlStore {
  /**
   * Runs one statement that reads tables of the schema, over what is committed, and nothing else: the database itself has
   * to say so before it runs.
   *
   * @throws BetterBaseError `query/bad-sql`
   */
  select(sql: string, params: readonly SqlScalar[]): Promise<SqlRead>;
}
