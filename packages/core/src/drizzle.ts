/**
 * Drizzle over an app's tables: `ctx.db.drizzle`, and what `_generated/drizzle.ts` is made of.
 *
 * The one entry that imports `drizzle-orm`, which the app has installed: it is part of the bundle of apps that import their
 * Drizzle schema and of no other. Every statement goes through `ctx.db`, so reads are tracked and writes are the mutation's.
 */
import { registerDrizzle, type SqlSource } from '@betterbase/core';
import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm';
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import { type RemoteCallback, SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import { AttemptSession } from './drizzle/attempt-session.ts';
import { toParameter } from './drizzle/parameter.ts';

export * from './drizzle/columns.ts';
export { relations } from 'drizzle-orm';
export { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

type Tables = Record<string, unknown>;
type Writing = 'insert' | 'update' | 'delete' | 'run' | 'transaction' | 'batch';

/** `ctx.db.drizzle` of a mutation. */
export type DrizzleWriter<Schema extends Tables> = SqliteRemoteDatabase<Schema>;
/** `ctx.db.drizzle` of a query. */
export type DrizzleReader<Schema extends Tables> = Omit<SqliteRemoteDatabase<Schema>, Writing>;

/** Drizzle over `ctx.db`, with tables of your own making. `ctx.db.drizzle` is this, with the tables of the schema. */
export function drizzle<Schema extends Tables = Record<string, never>>(db: SqlSource, tables?: Schema): DrizzleWriter<Schema> {
  const run: RemoteCallback = async (statement, params, method) => {
    const { rows } = await db.executeRows(statement, params.map(toParameter));
    const arrays = rows.map((row) => [...row]);
    // Of one row Drizzle wants that row; of none, nothing at all.
    return { rows: method === 'get' ? (arrays[0] as unknown[]) : arrays };
  };
  const dialect = new SQLiteAsyncDialect();
  const schema = tables === undefined ? undefined : relationalSchema(tables);
  const session = new AttemptSession(db, run, dialect, schema);
  return new SqliteRemoteDatabase('async', dialect, session, schema) as unknown as DrizzleWriter<Schema>;
}

/** Makes `ctx.db.drizzle` know these tables. Called by `_generated/drizzle.ts`. */
export function useDrizzle(tables: Tables): void {
  registerDrizzle((db) => drizzle(db, tables));
}

function relationalSchema(tables: Tables) {
  const { tables: schema, tableNamesMap } = extractTablesRelationalConfig(tables, createTableRelationsHelpers);
  return { fullSchema: tables, schema, tableNamesMap };
}
