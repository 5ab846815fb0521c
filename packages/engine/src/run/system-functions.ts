/** Functions that every project has, for what actions ask of the engine. */
import { functionDefinition, internalMutation, internalQuery, usersIndexName, usersTableName, v, type Value } from '@betterbase/core';
import { applyUsersPath, jobsPath, policyTestPath, sqlPath } from '@betterbase/protocol';
import { DatabaseReader } from '../database/database-reader.ts';
import { DatabaseWriter, letWriteUsers } from '../database/database-writer.ts';
import { cronTable, scheduledTable } from '../schedule/job-tables.ts';
import type { AppFunction } from './app-function.ts';

/** What `ctx.vectorSearch` of an action runs. */
export const vectorSearchPath = '_system/vectors:search';

const vectorSearch = internalQuery({
  args: {
    table: v.string(),
    index: v.string(),
    vector: v.any(),
    limit: v.any(),
    /** Each a field and its value, or the field alone where it must be missing. */
    anyOf: v.array(v.array(v.any())),
  },
  handler: async ({ db }: { readonly db: unknown }, { table, index, vector, limit, anyOf }) => {
    if (!(db instanceof DatabaseReader)) throw new Error('A system function was run outside the engine.');
    const filters = anyOf.map(([field, value]: readonly (Value | undefined)[]) => ({ field: String(field), value }));
    return await db.nearest(table, { index, vector, limit, anyOf: filters });
  },
});

const mostJobs = 200;

const listJobs = internalQuery({
  args: {},
  handler: async ({ db }) => ({
    scheduled: await db.system.query(scheduledTable).order('desc').take(mostJobs),
    crons: await db.system.query(cronTable).order('desc').take(mostJobs),
  }),
});

const selectRows = internalQuery({
  args: { sql: v.string(), params: v.array(v.any()), asUser: v.optional(v.boolean()) },
  handler: async ({ db }: { readonly db: unknown }, { sql, params, asUser }) => {
    if (!(db instanceof DatabaseReader)) throw new Error('A system function was run outside the engine.');
    return await (asUser === true ? db.asUser() : db).execute(sql, params);
  },
});

/** What `bb iac analyze` runs: a query of the app, or a statement. */
export const analyzePath = '_system/analysis:run';

interface AnalysisContext {
  readonly db: unknown;
  readonly runQuery: unknown;
}

const analyze = internalQuery({
  args: { path: v.optional(v.string()), args: v.optional(v.any()), sql: v.optional(v.string()), params: v.optional(v.array(v.any())) },
  handler: async ({ db, runQuery }: AnalysisContext, { path, args, sql, params }) => {
    if (!(db instanceof DatabaseReader) || typeof runQuery !== 'function') throw new Error('A system function was run outside the engine.');
    const call = (): unknown => Reflect.apply(runQuery, undefined, [path, args ?? {}]);
    const analysis = await (sql === undefined ? db.analyze(call) : db.analyze(sql, params ?? []));
    return JSON.stringify(analysis);
  },
});

const testPolicies = internalQuery({
  args: { table: v.string(), limit: v.number(), insert: v.union(v.null(), v.record(v.string(), v.any())) },
  handler: async ({ db }: { readonly db: unknown }, { table, limit, insert }) => {
    if (!(db instanceof DatabaseReader)) throw new Error('A system function was run outside the engine.');
    return await db.asUser().explain(table, limit, insert === null ? null : { ...insert, _id: '', _creationTime: 0 });
  },
});

/** Who the project's users are now: those that are told, no others. */
const applyUsers = internalMutation({
  args: { users: v.array(v.record(v.string(), v.any())), gone: v.array(v.string()) },
  handler: async ({ db }: { readonly db: unknown }, { users, gone }) => {
    if (!(db instanceof DatabaseWriter)) throw new Error('A system function was run outside the engine.');
    letWriteUsers(db);
    const find = async (id: unknown): Promise<string | null> => {
      const [found] = await db
        .query(usersTableName)
        .withIndex(usersIndexName, (range) => range.eq('id', String(id)))
        .take(1);
      return found?._id ?? null;
    };
    for (const id of gone) {
      const known = await find(id);
      if (known !== null) await db.delete(known);
    }
    for (const user of users) {
      const known = await find(user['id']);
      await (known === null ? db.insert(usersTableName, user) : db.replace(known, user));
    }
    return null;
  },
});

export const systemFunctions: ReadonlyMap<string, AppFunction> = new Map([
  [vectorSearchPath, systemFunction(vectorSearchPath, vectorSearch)],
  [analyzePath, systemFunction(analyzePath, analyze)],
  [jobsPath, systemFunction(jobsPath, listJobs)],
  [sqlPath, systemFunction(sqlPath, selectRows)],
  [policyTestPath, systemFunction(policyTestPath, testPolicies)],
  [applyUsersPath, systemFunction(applyUsersPath, applyUsers)],
]);

function systemFunction(path: string, registered: unknown): AppFunction {
  const definition = functionDefinition(registered);
  if (definition?.kind !== 'query' && definition?.kind !== 'mutation') throw new Error(`${path} is neither a query nor a mutation.`);
  return { path, definition: { ...definition, kind: definition.kind } };
}
