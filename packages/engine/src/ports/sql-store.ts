import type { DocumentWrite } from './document-store.ts';
import type { RowCondition } from './row-condition.ts';

/** What a parameter of a statement may be, and what a column of its result is. */
export type SqlScalar = null | number | string | ArrayBuffer;

/** The rows of a table that a statement may see: those of which a condition is true, or those with these ids. */
export type SeenRows =
  | { readonly type: 'where'; readonly condition: RowCondition }
  | { readonly type: 'ids'; readonly ids: readonly string[] };

export interface SqlStatement {
  readonly sql: string;
  readonly params: readonly SqlScalar[];
  /** What the transaction has written to a table so far: the statement sees it, as if it were committed. */
  readonly pending: (table: string) => Iterable<DocumentWrite>;
  /** The transaction's time, ms: the `_updatedTime` of what it writes, as far as it can see. */
  readonly now: number;
  /** What it may see of each table, null: all of it. Other tables are out of its reach, and it only reads. Absent: it may see everything. */
  readonly seen?: ReadonlyMap<string, SeenRows | null>;
  /** Null: the statement may only read. */
  readonly writes: SqlWrites | null;
}

export interface SqlWrites {
  /** Called for each document that may come to be, in the order in which they do. */
  readonly newDocument: (table: string) => { readonly id: string; readonly creationTime: number };
  /** More documents than this are not changed by one statement. */
  readonly most: number;
}

export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlScalar[])[];
  /** The tables that the statement looks into. */
  readonly tables: readonly string[];
  /** Of its table it looked at no more than the document of this id. */
  readonly id: string | null;
  /** Whether it asks for time or chance. */
  readonly readsClock: boolean;
  /** Null where the database does not say. */
  readonly rowsRead: number | null;
  /** What it would do, with `before` as the statement saw it. Their values are what SQL left: not yet checked. */
  readonly changes: readonly DocumentWrite[];
}

/** How a statement is going to be run. */
export interface SqlPlan {
  readonly steps: readonly {
    readonly words: string;
    /** The table that is read from end to end. */
    readonly scans: string | null;
    /** The table of which an index is made for the statement alone. */
    readonly looksUp: string | null;
  }[];
  /** The columns that its text compares. */
  readonly compared: readonly { readonly field: string; readonly by: 'eq' | 'range' }[];
}

/** SQL over the documents' tables. Only some stores can. */
export interface SqlStore {
  /**
   * Runs one statement over what is committed and `pending`. What it changes it does not keep: it is told as `changes`, for
   * the transaction to make its own. It reaches tables of the schema and nothing else: the database itself has to say so
   * before it runs; of a statement that may see some rows only, that none of its names leads past them.
   *
   * @throws BetterBaseError `query/bad-sql`, `policy/unsupported`, `document/invalid` for what no field can hold, `document/not-unique`,
   *   `function/writes-too-much`
   */
  execute(statement: SqlStatement): Promise<SqlResult>;

  /** How a statement that `execute` takes would be run. */
  explain(sql: string, params: readonly SqlScalar[]): Promise<SqlPlan>;
}
