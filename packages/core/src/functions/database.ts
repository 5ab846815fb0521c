import type { Doc, GenericDataModel, PatchOf, TableNames, WithOptionalSystemFields, WithoutSystemFields } from '../schema/data-model.ts';
import type { Id } from '../values/value.ts';
import type { DrizzleOfReader, DrizzleOfWriter } from './drizzle-registry.ts';
import type { QueryInitializer } from './query-builder.ts';
import type { QueryAnalysis } from './query-analysis.ts';
import type { SqlColumn, SqlParameter, SqlRows } from './sql-source.ts';
import type { Similar, SimilarityOptions, VectorSearch } from './vector-search.ts';
import type { SystemDataModel } from './system-tables.ts';

/** `ctx.db` of a query. */
export interface DatabaseReader<Model extends GenericDataModel> {
  /** The document, or null. @throws BetterBaseError `document/wrong-table` when the id is of another table. */
  get<Table extends TableNames<Model>>(table: Table, id: Id<NoInfer<Table>>): Promise<Doc<Model, Table> | null>;
  get<Table extends TableNames<Model>>(id: Id<Table>): Promise<Doc<Model, Table> | null>;

  query<Table extends TableNames<Model>>(table: Table): QueryInitializer<Model[Table]>;

  /**
   * The documents that match the text best, in one search index or in all that the table has.
   *
   * @throws BetterBaseError `query/bad-search` when the table has no search index and no `v.fullText()` field
   */
  search<Table extends TableNames<Model>>(
    table: Table,
    text: string,
    options?: { readonly limit?: number; readonly index?: keyof Model[Table]['searchIndexes'] & string },
  ): Promise<Doc<Model, Table>[]>;

  /**
   * The rows of one SQL statement over the tables. A query may only read; a mutation may also INSERT, UPDATE and DELETE, as
   * part of its transaction, and gets the rows of RETURNING. Whoever watches a query hears of every change in the tables that
   * its statements read. Objects and arrays are JSON text, booleans 1 and 0.
   *
   * @throws BetterBaseError `query/bad-sql` when it reaches beyond the tables of the schema, or writes in a query;
   *   `document/invalid`, `document/not-unique` when the documents would not be as the schema says
   *
   * @example
   * await ctx.db.execute('UPDATE tasks SET done = 1 WHERE owner = ? RETURNING _id', [owner]);
   */
  execute(sql: string, params?: readonly SqlParameter[]): Promise<readonly { readonly [column: string]: SqlColumn }[]>;

  /** The same, each row an array in the order of the columns: for results in which columns share a name. */
  executeRows(sql: string, params?: readonly SqlParameter[]): Promise<SqlRows>;

  /**
   * Drizzle over the tables, once `_generated/drizzle` is imported. A query reads with it.
   *
   * @throws BetterBaseError `query/no-drizzle`
   */
  readonly drizzle: DrizzleOfReader;

  /**
   * Runs a query, a SQL statement, or whatever a function does with the database, and says how it was read: by which index,
   * how much of it in vain, what a query that reads so is run again for, and which index would help.
   *
   * @example
   * await ctx.db.analyze(ctx.db.query('tasks').filter((q) => q.eq(q.field('done'), false)));
   */
  analyze(query: { collect(): Promise<unknown> } | (() => unknown)): Promise<QueryAnalysis>;
  analyze(sql: string, params?: readonly SqlParameter[]): Promise<QueryAnalysis>;

  /** The same, with the table said once. */
  table<Table extends TableNames<Model>>(table: Table): TableReader<Model, Table>;

  /** The documents whose vectors are nearest, each with its `distance`. Runs again with every write to the table. */
  similarity<Table extends TableNames<Model>>(
    table: Table,
    vector: readonly number[],
    options?: SimilarityOptions,
  ): Promise<Similar<Model, Table>[]>;
  /** As `ctx.vectorSearch` of an action. Runs again with every write to the table. */
  readonly vectorSearch: VectorSearch<Model>;

  /** The text as an id of the table, or null if it is none. Whether the document exists is not checked. */
  normalizeId<Table extends TableNames<Model>>(table: Table, id: string): Id<Table> | null;

  /** Tables that the system writes: `_scheduled_functions`, `_cron_runs`. */
  readonly system: Pick<DatabaseReader<SystemDataModel>, 'get' | 'query' | 'normalizeId'>;

  /** The database as the caller may use it, by the policies of the tables. All else of `ctx.db` asks no policy. */
  asUser(): UserReads<Model>;
}

/** What the caller sees: a row that no policy shows is not there. SQL and Drizzle read, in mutations too. */
export type UserReads<Model extends GenericDataModel> = Pick<
  DatabaseReader<Model>,
  'get' | 'query' | 'search' | 'table' | 'similarity' | 'vectorSearch' | 'normalizeId' | 'execute' | 'executeRows' | 'drizzle'
>;

/**
 * The same, with writes. Writing to a row that the caller does not see throws `document/not-found`; a write that no policy
 * allows throws `policy/denied` and leaves nothing behind.
 */
export type UserWrites<Model extends GenericDataModel> = UserReads<Model> &
  Pick<DatabaseWriter<Model>, 'table' | 'insert' | 'patch' | 'replace' | 'delete' | 'vars'>;

/** `ctx.db.table(name)` of a query. */
export interface TableReader<Model extends GenericDataModel, Table extends TableNames<Model>> {
  get(id: Id<Table>): Promise<Doc<Model, Table> | null>;
  query(): QueryInitializer<Model[Table]>;
}

/** `ctx.db.table(name)` of a mutation. */
export interface TableWriter<Model extends GenericDataModel, Table extends TableNames<Model>> extends TableReader<Model, Table> {
  insert(value: WithoutSystemFields<Doc<Model, Table>>): Promise<Id<Table>>;
  patch(id: Id<Table>, value: PatchOf<Doc<Model, Table>>): Promise<void>;
  replace(id: Id<Table>, value: WithOptionalSystemFields<Doc<Model, Table>>): Promise<void>;
  delete(id: Id<Table>): Promise<void>;
}

/** `ctx.db` of a mutation. Reads see the mutation's own writes; nothing is written if the mutation throws. */
export interface DatabaseWriter<Model extends GenericDataModel> extends DatabaseReader<Model> {
  /** Drizzle over the tables. What it writes is part of the mutation. */
  readonly drizzle: DrizzleOfWriter;

  table<Table extends TableNames<Model>>(table: Table): TableWriter<Model, Table>;

  asUser(): UserWrites<Model>;

  /** What the commit decides: `commitTs` grows with every mutation that is committed. For fields of `v.commitTs()`. */
  readonly vars: { readonly commitTs: bigint };

  /** Adds a document and returns its id. @throws BetterBaseError `document/invalid`, `document/not-unique` */
  insert<Table extends TableNames<Model>>(table: Table, value: WithoutSystemFields<Doc<Model, Table>>): Promise<Id<Table>>;

  /** Sets the given fields, removes those given as `undefined`, leaves the others. @throws BetterBaseError `document/not-found` */
  patch<Table extends TableNames<Model>>(table: Table, id: Id<NoInfer<Table>>, value: PatchOf<Doc<Model, Table>>): Promise<void>;
  patch<Table extends TableNames<Model>>(id: Id<Table>, value: PatchOf<Doc<Model, Table>>): Promise<void>;

  /** Sets the whole document; `_id` and `_creationTime` stay. @throws BetterBaseError `document/not-found` */
  replace<Table extends TableNames<Model>>(
    table: Table,
    id: Id<NoInfer<Table>>,
    value: WithOptionalSystemFields<Doc<Model, Table>>,
  ): Promise<void>;
  replace<Table extends TableNames<Model>>(id: Id<Table>, value: WithOptionalSystemFields<Doc<Model, Table>>): Promise<void>;

  /** @throws BetterBaseError `document/not-found` */
  delete<Table extends TableNames<Model>>(table: Table, id: Id<NoInfer<Table>>): Promise<void>;
  delete(id: Id<TableNames<Model>>): Promise<void>;
}
