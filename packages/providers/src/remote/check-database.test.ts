import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { checkDatabase } from './check-database.ts';
import { type RemoteFailure, type RemoteSql, RemoteSqlError } from './remote-sql.ts';

/** `node:sqlite` as a database elsewhere. */
function sqlite(refuses: (sql: string) => RemoteFailure | null = () => null): { readonly sql: RemoteSql; readonly database: DatabaseSync } {
  const database = new DatabaseSync(':memory:');
  const batch: RemoteSql['batch'] = async (statements) => {
    database.exec('BEGIN');
    try {
      const results = statements.map(({ sql }) => {
        const failure = refuses(sql);
        if (failure !== null) throw new RemoteSqlError(failure, `not authorized: ${sql}`);
        const rows = database.prepare(sql).all();
        return { columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row).map(String)), rowsWritten: 0 };
      });
      database.exec('COMMIT');
      return results;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error instanceof RemoteSqlError ? error : new RemoteSqlError({ kind: 'refused' }, String(error));
    }
  };
  return { sql: { dialect: 'sqlite', batch }, database };
}

function postgres(answers: (sql: string) => readonly (string | null)[] | undefined): RemoteSql {
  return {
    dialect: 'postgres',
    batch: async (statements) =>
      statements.map(({ sql }) => {
        if (sql.includes('_bb_refused')) throw new RemoteSqlError({ kind: 'refused' }, 'relation "_bb_refused" does not exist');
        const row = answers(sql);
        return { columns: ['answer'], rows: row === undefined ? [] : [row], rowsWritten: 0 };
      }),
  };
}

/** A clock that goes on by as much as each of these, again and again. */
function clock(...steps: readonly number[]): () => number {
  let time = 0;
  let at = 0;
  return () => {
    const now = time;
    time += steps[at++ % steps.length] ?? 0;
    return now;
  };
}

test('a database is told with its version, its latency, and what it can do', async () => {
  const { sql, database } = sqlite();

  const report = await checkDatabase(sql, clock(90, 0, 5, 0, 7, 0, 6, 0));

  expect(report).toEqual({
    dialect: 'sqlite',
    version: expect.stringMatching(/^3\./),
    latency: { first: 90, later: 6 },
    capabilities: [
      { name: 'tables', isThere: true, note: null },
      { name: 'full text', isThere: true, note: null },
      { name: 'vectors', isThere: false, note: expect.stringContaining('no such function') },
    ],
    documents: null,
  });
  expect(database.prepare('SELECT name FROM sqlite_master').all()).toEqual([]);
});

test('a token that may only read shows in that no table can be made', async () => {
  const { sql } = sqlite((text) => (text.startsWith('CREATE') ? { kind: 'refused' } : null));

  const { capabilities } = await checkDatabase(sql, clock(1));

  expect(capabilities.map(({ isThere }) => isThere)).toEqual([false, false, false]);
  expect(capabilities[0]?.note).toContain('not authorized');
});

test('a database that does not tell its version is no failure', async () => {
  const { sql } = sqlite((text) => (text.includes('sqlite_version') ? { kind: 'refused' } : null));

  expect((await checkDatabase(sql, clock(1))).version).toBeNull();
});

test.each(['credentials', 'unreachable', 'asleep'] as const)('what cannot be asked at all (%s) is thrown', async (kind) => {
  const { sql } = sqlite(() => ({ kind }));

  await expect(checkDatabase(sql, clock(1))).rejects.toMatchObject({ failure: { kind } });
});

test.each<[string, readonly (string | null)[] | undefined, boolean, string | null]>([
  ['installed', ['0.8.0'], true, null],
  ['there, but not switched on', [null], true, 'The first deployment with a vector index switches it on.'],
  ['not there', undefined, false, 'The extension pgvector is not installed on this server.'],
])('in Postgres the extension for vectors is looked for: %s', async (_, row, isThere, note) => {
  const report = await checkDatabase(
    postgres((sql) => (sql.includes('pg_available_extensions') ? row : ['17.2'])),
    clock(1),
  );

  expect(report).toMatchObject({ dialect: 'postgres', version: '17.2' });
  expect(report.capabilities.at(-1)).toEqual({ name: 'vectors', isThere, note });
});
