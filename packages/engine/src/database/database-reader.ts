import { BetterBaseError, drizzleOver, type QueryAnalysis, type Value } from '@betterbase/core';
import { analyzeReads } from '../analysis/analyze-reads.ts';
import { ReadNotes } from '../analysis/read-notes.ts';
import { tableNumberOf } from '../ids/document-id.ts';
import { UserReader } from '../policy/user-reader.ts';
import type { SeenBy } from '../policy/user-sql.ts';
import type { UserView } from '../policy/user-view.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { SqlResult, SqlScalar } from '../ports/sql-store.ts';
import { noteClockRead } from '../run/guest-globals.ts';
import { shownFields } from '../schedule/job-tables.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { DocumentQuery } from './document-query.ts';
import { badSql, checkStatementSize, toSqlParameters } from './sql-parameters.ts';
import { TableReader } from './table-access.ts';
import { searchTable } from './search-table.ts';
import { namedRows, type SqlRecord, type SqlRows } from './sql-rows.ts';
import { buildVectorFilter } from './vector-filter.ts';
import { searchVectors, similarDocuments, type VectorMatch, type VectorQuestion } from './vector-query.ts';

/** What of the transaction whoever called the function may see. */
export type AsCaller = () => UserView;

/** `ctx.db` of a query. */
export class DatabaseReader {
  protected readonly transaction: Transaction;
  protected readonly asCaller: AsCaller;

  constructor(transaction: Transaction, asCaller: AsCaller) {
    this.transaction = transaction;
    this.asCaller = asCaller;
  }

  /** The same database as the caller may use it, by the policies of the tables. */
  asUser(): UserReader {
    return new UserReader(this, this.asCaller());
  }

  async get(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<StoredDocument | null> {
    const { table, id } = this.target('get', args[0], args.length > 1 ? args[1] : undefined);
    return await this.transaction.get(table, id);
  }

  query(table: string): DocumentQuery {
    return new DocumentQuery(this.transaction, this.tableNamed(table));
  }

  /** Tables that the engine writes. */
  get system(): DatabaseReader {
    return new SystemReader(this.transaction, this.asCaller);
  }

  /** The documents that match the text best, in one search index or in all that the table has. */
  async search(table: string, text: unknown, options?: unknown): Promise<StoredDocument[]> {
    return await searchTable(this.transaction, this.transaction.catalog.get(table), text, options);
  }

  /** The same, with the table said once. */
  table(name: string): TableReader {
    return new TableReader(this, name);
  }

  /** The documents whose vectors are nearest, each with its `distance`. */
  async similarity(table: string, vector: unknown, options?: unknown): Promise<{ [field: string]: Value }[]> {
    return await similarDocuments(this.transaction, this.transaction.catalog.get(table), vector, options);
  }

  /** Ids and scores of the documents whose vectors are nearest, by a vector index. */
  async vectorSearch(
    table: string,
    index: string,
    options: { readonly vector: unknown; readonly limit?: unknown; readonly filter?: unknown },
  ): Promise<VectorMatch[]> {
    const { vector, limit = 10, filter } = options;
    return await this.nearest(table, { index, vector, limit, anyOf: buildVectorFilter(filter) });
  }

  /** A vector search whose filter is built already. */
  async nearest(table: string, question: VectorQuestion): Promise<VectorMatch[]> {
    return await searchVectors(this.transaction, this.transaction.catalog.get(table), question);
  }

  /** The rows of one SQL statement, by the names of their columns. */
  async execute(sql: string, params: unknown = []): Promise<readonly SqlRecord[]> {
    return namedRows(await this.executeRows(sql, params));
  }

  /** The same, each row an array in the order of the columns. */
  async executeRows(sql: string, params: unknown = []): Promise<SqlRows> {
    if (typeof sql !== 'string') throw badSql('it is no text', 'Write ctx.db.execute("SELECT …", [parameters]).');
    const parameters = toSqlParameters(params);
    checkStatementSize(sql, parameters);
    const { columns, rows, readsClock } = await this.run(sql, parameters);
    if (readsClock) noteClockRead();
    return { columns, rows };
  }

  /** One statement that reads, also in a mutation. */
  async select(sql: string, params: readonly SqlScalar[], seen: SeenBy): Promise<SqlResult> {
    checkStatementSize(sql, params);
    const result = await this.transaction.execute({ sql, params, writes: null, seen });
    if (result.readsClock) noteClockRead();
    return result;
  }

  /** What the app's Drizzle schema, if it imports one, makes of this. */
  get drizzle(): unknown {
    return drizzleOver(this);
  }

  /** Runs a query, a statement, or whatever a function does with this database, and says how it was read. */
  async analyze(what: unknown, params?: unknown): Promise<QueryAnalysis> {
    const notes = new ReadNotes();
    const outer = this.transaction.notes;
    this.transaction.notes = notes;
    try {
      if (typeof what === 'string') await this.executeRows(what, params);
      else if (typeof what === 'function') await Reflect.apply(what, undefined, [this]);
      else if (isCollectable(what)) await what.collect();
      else throw badAnalysis();
    } finally {
      this.transaction.notes = outer;
    }
    return analyzeReads(this.transaction.catalog, notes);
  }

  /** A query may only read. */
  protected run(sql: string, params: SqlScalar[]): Promise<SqlResult> {
    return this.transaction.execute({ sql, params, writes: null });
  }

  /** The id if it is well formed and of this table, else null. */
  normalizeId(table: string, id: string): string | null {
    return isIdOf(this.transaction.catalog, id, table) ? id : null;
  }

  /** @throws BetterBaseError `table/not-found` */
  protected tableNamed(name: string): CatalogTable {
    return this.transaction.catalog.get(name);
  }

  /** Which document `(id)` or `(table, id)` names. */
  protected target(method: string, first: unknown, second: unknown): { readonly table: CatalogTable; readonly id: string } {
    const [name, id] = second === undefined ? [undefined, first] : [first, second];
    if (typeof id !== 'string') {
      throw new BetterBaseError('document/bad-id', `ctx.db.${method} needs a document id and got ${id === null ? 'null' : typeof id}.`);
    }
    const table = tableOf(this.transaction.catalog, id);
    if (table === undefined || table.isSystem !== this instanceof SystemReader) {
      throw new BetterBaseError('document/bad-id', `\`${id}\` is no id of a document in this project.`, {
        hint:
          table?.isSystem === true
            ? 'It is of a table of the system: use ctx.db.system.'
            : 'Ids come from insert and from documents; check one that you did not make with ctx.db.normalizeId(table, id).',
      });
    }
    if (name !== undefined) {
      if (typeof name !== 'string') throw new BetterBaseError('table/not-found', `ctx.db.${method} needs the table's name first.`);
      const named = this.tableNamed(name);
      if (named !== table) {
        throw new BetterBaseError(
          'document/wrong-table',
          `Table \`${name}\` does not match the document ID: \`${id}\` is of table \`${table.name}\`.`,
        );
      }
    }
    return { table, id };
  }
}

function isCollectable(what: unknown): what is { collect(): Promise<unknown> } {
  return typeof what === 'object' && what !== null && 'collect' in what && typeof what.collect === 'function';
}

function badAnalysis(): BetterBaseError {
  return new BetterBaseError('query/bad-filter', 'ctx.db.analyze needs a query, a statement or a function.', {
    hint: "Write ctx.db.analyze(ctx.db.query('tasks')), ctx.db.analyze('SELECT …', [parameters]) or ctx.db.analyze(() => …).",
  });
}

/** `ctx.db.system`. */
class SystemReader extends DatabaseReader {
  override async get(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<StoredDocument | null> {
    const document = await super.get(...args);
    return document === null ? null : shownFields(document);
  }

  protected override tableNamed(name: string): CatalogTable {
    return this.transaction.catalog.getSystem(name);
  }
}

/** The table that an id says it belongs to; undefined if it is malformed or of no table that functions may use. */
export function tableOf(catalog: TableCatalog, id: string): CatalogTable | undefined {
  const number = tableNumberOf(id);
  return number === null ? undefined : catalog.byNumber(number);
}

export function isIdOf(catalog: TableCatalog, id: string, table: string): boolean {
  return tableOf(catalog, id)?.name === table;
}
