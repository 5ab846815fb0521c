import { BetterBaseError, drizzleOver, fixedLimits, type Value } from '@betterbase/core';
import { DocumentQuery } from '../database/document-query.ts';
import { toSqlParameters } from '../database/sql-parameters.ts';
import { namedRows, type SqlRecord, type SqlRows } from '../database/sql-rows.ts';
import { searchTable } from '../database/search-table.ts';
import { TableReader } from '../database/table-access.ts';
import { buildVectorFilter } from '../database/vector-filter.ts';
import { searchVectors, similarDocuments, type VectorMatch } from '../database/vector-query.ts';
import { tableNumberOf } from '../ids/document-id.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { SqlResult, SqlScalar } from '../ports/sql-store.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import { listedRows } from './seen-sql.ts';
import { refuseNamedParameters, type SeenBy, tablesIn } from './user-sql.ts';
import type { ExplainedAccess, UserView } from './user-view.ts';

/** What it needs of the database that asks no policy. */
export interface OpenReads {
  get(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<StoredDocument | null>;
  query(table: string): DocumentQuery;
  select(sql: string, params: readonly SqlScalar[], seen: SeenBy): Promise<Pick<SqlResult, 'columns' | 'rows'>>;
  normalizeId(table: string, id: string): string | null;
}

export interface ExplainedRows {
  readonly rows: readonly ({ readonly row: StoredDocument } & Readonly<Record<'select' | 'update' | 'delete', ExplainedAccess>>)[];
  readonly insert: ExplainedAccess | null;
}

/** `ctx.db.asUser()` of a query. */
export class UserReader {
  protected readonly view: UserView;
  readonly #open: OpenReads;

  constructor(open: OpenReads, view: UserView) {
    this.#open = open;
    this.view = view;
  }

  async get(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<StoredDocument | null> {
    const found = await this.#open.get(...args);
    const table = found === null ? null : this.tableOf(found._id);
    if (found === null || table === null) return null;
    if (await this.view.allows('select', table.name, found)) return found;
    if (this.view.refusals?.notesReads === true)
      await this.view.refused({ operation: 'get', access: 'select', table: table.name, id: found._id, row: found });
    return null;
  }

  query(table: string): DocumentQuery {
    return new DocumentQuery(this.view, this.#named(table));
  }

  table(name: string): TableReader {
    return new TableReader(this, name);
  }

  async search(table: string, text: unknown, options?: unknown): Promise<StoredDocument[]> {
    return await searchTable(this.view, this.#named(table), text, options);
  }

  async similarity(table: string, vector: unknown, options?: unknown): Promise<{ [field: string]: Value }[]> {
    return await similarDocuments(this.view, this.#named(table), vector, options);
  }

  async vectorSearch(
    table: string,
    index: string,
    options: { readonly vector: unknown; readonly limit?: unknown; readonly filter?: unknown },
  ): Promise<VectorMatch[]> {
    const { vector, limit = 10, filter } = options;
    return await searchVectors(this.view, this.#named(table), { index, vector, limit, anyOf: buildVectorFilter(filter) });
  }

  /** For `bb rls test`: the first rows of a table, and whether the caller may see, change and delete each. */
  async explain(table: string, limit: number, candidate: StoredDocument | null): Promise<ExplainedRows> {
    const rows = await this.#open.query(table).take(limit);
    const explained = rows.map(async (row) => ({
      row,
      select: await this.view.explain('select', table, row),
      update: await this.view.explain('update', table, row),
      delete: await this.view.explain('delete', table, row),
    }));
    return { rows: await Promise.all(explained), insert: candidate === null ? null : await this.view.explain('insert', table, candidate) };
  }

  normalizeId(table: string, id: string): string | null {
    return this.#open.normalizeId(table, id);
  }

  /** As `ctx.db.execute`, over the rows that the caller sees. It only reads, in mutations too. */
  async execute(sql: string, params: unknown = []): Promise<readonly SqlRecord[]> {
    return namedRows(await this.executeRows(sql, params));
  }

  async executeRows(sql: string, params: unknown = []): Promise<SqlRows> {
    const text = String(sql);
    const given = toSqlParameters(params);
    refuseNamedParameters(text);
    const seen = await this.#seenBy(text, fixedLimits.sqlParameters.value - given.length);
    const { columns, rows } = await this.#open.select(text, given, seen);
    return { columns, rows };
  }

  /** @param room for parameters; a list of ids is one */
  async #seenBy(text: string, room: number): Promise<SeenBy> {
    const names = tablesIn(text, [...this.view.catalog.names()]);
    const seen: SeenBy = { rows: new Map(), reads: [] };
    let left = room - names.length;
    for (const name of names) {
      const table = this.#named(name);
      const said = this.view.seenSql(table);
      const { rows, reads, weight } = said !== null && said.weight <= left ? said : listedRows(table, await this.#idsOf(name));
      left -= weight;
      seen.rows.set(name, rows);
      seen.reads.push(...reads);
    }
    return seen;
  }

  async #idsOf(table: string): Promise<string[]> {
    return (await this.query(table).collect()).map(({ _id }) => _id);
  }

  /** Reads as `execute` does. */
  get drizzle(): unknown {
    return drizzleOver(this);
  }

  analyze(): never {
    throw unsupported('analyze');
  }

  get system(): never {
    throw unsupported('A table of the system');
  }

  protected tableOf(id: string): CatalogTable | null {
    const number = tableNumberOf(id);
    return number === null ? null : (this.view.catalog.byNumber(number) ?? null);
  }

  #named(table: string): CatalogTable {
    return this.view.catalog.get(table);
  }
}

function unsupported(what: string): BetterBaseError {
  return new BetterBaseError('policy/unsupported', `${what} does not go through policies, so ctx.db.asUser() has none of it.`, {
    hint: 'Read with ctx.db.asUser().query(…). ctx.db itself asks no policy: use it where the function has checked by itself who is calling.',
  });
}
