/** A Worker that carries out a test's batches with our drivers, as the platform would. */
import { type RemoteSql, RemoteSqlError } from '@betterbase/providers';
import { type D1Binding, D1Sql } from '@betterbase/providers/d1';
import { NeonSql } from '@betterbase/providers/neon';
import { PostgresSql } from '@betterbase/providers/postgres';
import { TursoSql } from '@betterbase/providers/turso';
import { type BatchAnswer, type BatchRequest, type DriverChoice, fromJson, toJson } from './batch-wire.ts';

interface Env {
  readonly DATABASE: D1Binding;
}

/** Kept from one request to the next, as far as the platform allows that. */
const drivers = new Map<string, RemoteSql>();

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => new Response(toJson(await answer(fromJson(await request.text()), env))),
};

async function answer({ choice, statements, mode }: BatchRequest, env: Env): Promise<BatchAnswer> {
  try {
    const key = JSON.stringify(choice);
    const sql = drivers.get(key) ?? driverFor(choice, env);
    drivers.set(key, sql);
    return { ok: true, results: await sql.batch(statements, mode) };
  } catch (error) {
    if (error instanceof RemoteSqlError) return { ok: false, failure: error.failure, message: error.message };
    throw error;
  }
}

function driverFor(choice: DriverChoice, env: Env): RemoteSql {
  switch (choice.driver) {
    case 'd1':
      return new D1Sql(env.DATABASE);
    case 'turso':
      return new TursoSql(choice);
    case 'neon':
      return new NeonSql(choice);
    case 'postgres':
      return new PostgresSql(choice);
    default:
      return choice satisfies never;
  }
}
