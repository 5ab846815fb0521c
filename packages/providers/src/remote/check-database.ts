/** Finds out what a database is and can do. What it makes to try that out is gone again in the same transaction. */
import type { DatabaseCapability, DatabaseReport } from '@betterbase/protocol';
import { tableOf, tablesText } from '../sql/ledger-tables.ts';
import { dialects } from './dialects.ts';
import { catalogueTexts, findDrift } from './outside/find-drift.ts';
import { RemoteTable } from './remote-table.ts';
import { type RemoteResult, type RemoteSql, RemoteSqlError } from './remote-sql.ts';

/** Requests whose time is taken after the first. */
const timed = 3;

/** @throws RemoteSqlError when the database cannot be asked at all. */
export async function checkDatabase(sql: RemoteSql, now: () => number): Promise<DatabaseReport> {
  const first = await timeOf(() => ask(sql, 'SELECT 1 AS one'), now);
  const others: number[] = [];
  for (let count = 0; count < timed; count++) others.push(await timeOf(() => ask(sql, 'SELECT 1 AS one'), now));
  const probes = sql.dialect === 'sqlite' ? sqliteProbes : postgresProbes;
  const capabilities: DatabaseCapability[] = [];
  for (const { name, probe } of probes) capabilities.push({ name, ...(await tryOut(() => probe(sql))) });
  const documents = await documentsOf(sql);
  return { dialect: sql.dialect, version: await versionOf(sql), latency: { first, later: median(others) }, capabilities, documents };
}

interface Probe {
  readonly name: DatabaseCapability['name'];
  /** A note; throws what the database says if it does not do this. */
  readonly probe: (sql: RemoteSql) => Promise<string | null>;
}

const sqliteProbes: readonly Probe[] = [
  { name: 'tables', probe: (sql) => make(sql, 'CREATE TABLE _bb_check (x INTEGER)') },
  { name: 'full text', probe: (sql) => make(sql, 'CREATE VIRTUAL TABLE _bb_check USING fts5(x)') },
  {
    name: 'vectors',
    probe: async (sql) => {
      await ask(sql, "SELECT vector_distance_cos(vector32('[1,0]'), vector32('[0,1]')) AS distance");
      return null;
    },
  },
];

const postgresProbes: readonly Probe[] = [
  { name: 'tables', probe: (sql) => make(sql, 'CREATE TABLE _bb_check (x integer)') },
  {
    name: 'full text',
    probe: async (sql) => {
      await ask(sql, "SELECT to_tsvector('simple', 'a') @@ to_tsquery('simple', 'a') AS matches");
      return null;
    },
  },
  { name: 'vectors', probe: checkVectorExtension },
];

async function make(sql: RemoteSql, statement: string): Promise<null> {
  const statements = [statement, 'DROP TABLE _bb_check'].map((each) => ({ sql: each, params: [] }));
  await sql.batch(statements, 'write');
  return null;
}

async function checkVectorExtension(sql: RemoteSql): Promise<string | null> {
  const found = await ask(sql, "SELECT installed_version AS installed FROM pg_available_extensions WHERE name = 'vector'");
  const [row] = found.rows;
  if (row === undefined) throw new RemoteSqlError({ kind: 'refused' }, 'The extension pgvector is not installed on this server.');
  return row[0] === null ? 'The first deployment with a vector index switches it on.' : null;
}

async function tryOut(probe: () => Promise<string | null>): Promise<Pick<DatabaseCapability, 'isThere' | 'note'>> {
  try {
    return { isThere: true, note: await probe() };
  } catch (error) {
    if (!(error instanceof RemoteSqlError) || error.failure.kind !== 'refused') throw error;
    return { isThere: false, note: error.message };
  }
}

async function versionOf(sql: RemoteSql): Promise<string | null> {
  const text = sql.dialect === 'sqlite' ? 'sqlite_version()' : "current_setting('server_version')";
  try {
    const version = (await ask(sql, `SELECT ${text} AS version`)).rows[0]?.[0];
    return typeof version === 'string' ? version : null;
  } catch (error) {
    // D1 forbids the question.
    if (error instanceof RemoteSqlError && error.failure.kind === 'refused') return null;
    throw error;
  }
}

/** What a store keeps there; null when there is none. */
async function documentsOf(sql: RemoteSql): Promise<DatabaseReport['documents']> {
  const dialect = dialects[sql.dialect];
  const asked = ['SELECT COUNT(*) AS refused FROM _bb_refused', tablesText].map((text) => ({ sql: text, params: [] }));
  try {
    const [refused, listed, ...catalogue] = await sql.batch([...asked, ...catalogueTexts(dialect)], 'read');
    const tables = (listed?.rows ?? [])
      .map(tableOf)
      .map(({ table, place }) => [table, new RemoteTable(table, { dialect, place, hasVectors: () => false })] as const);
    return {
      missing: findDrift(dialect, tables, catalogue).map(({ mend, ...missing }) => ({ ...missing, sql: mend })),
      refused: Number(refused?.rows[0]?.[0]),
    };
  } catch (error) {
    if (error instanceof RemoteSqlError && error.failure.kind === 'refused') return null;
    throw error;
  }
}

async function ask(sql: RemoteSql, text: string): Promise<RemoteResult> {
  const [result] = await sql.batch([{ sql: text, params: [] }], 'read');
  if (result === undefined) throw new Error('A statement has no result.');
  return result;
}

async function timeOf(work: () => Promise<unknown>, now: () => number): Promise<number> {
  const startedAt = now();
  await work();
  return now() - startedAt;
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}
