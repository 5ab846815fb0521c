import { expect, test } from 'vitest';
import type { DatabaseReport } from '@betterbase/protocol';
import { ProjectBench } from '../test/project-bench.ts';
import type { ProviderAddress } from './provider-address.ts';

const database: DatabaseReport = {
  dialect: 'sqlite',
  version: '3.45.1',
  latency: { first: 40, later: 4 },
  capabilities: [],
  documents: null,
};

/** A bench where every database is there; `asked` are their addresses. */
function benchWithDatabases(): { readonly bench: ProjectBench; readonly asked: ProviderAddress[] } {
  const bench = new ProjectBench();
  const asked: ProviderAddress[] = [];
  bench.checkDatabase = async (address) => {
    asked.push(address);
    return { ok: true, database };
  };
  return { bench, asked };
}

test('a database is opened with the environment’s values, before anything is deployed', async () => {
  const { bench, asked } = benchWithDatabases();
  await bench.project.code.changeEnvironment({
    set: { URL: 'libsql://chat.turso.io', TOKEN: 'secret', STRING: 'postgres://x' },
    unset: [],
  });

  const checked = await bench.project.checkProvider({ type: 'turso', url: { env: 'URL' }, authToken: { env: 'TOKEN' } });
  await bench.project.checkProvider({ type: 'turso', url: 'libsql://other.turso.io', authToken: { env: 'TOKEN' } });
  await bench.project.checkProvider({ type: 'neon', connectionString: { env: 'STRING' } });
  await bench.project.checkProvider({ type: 'd1', binding: 'APP_DB' });

  expect(checked).toEqual({ ok: true, report: { type: 'turso', isAvailable: false, database } });
  expect(asked).toEqual([
    { type: 'turso', url: 'libsql://chat.turso.io', authToken: 'secret' },
    { type: 'turso', url: 'libsql://other.turso.io', authToken: 'secret' },
    { type: 'neon', connectionString: 'postgres://x' },
    { type: 'd1', binding: 'APP_DB' },
  ]);
});

test('the project’s own object is not opened, and nothing is left on its disk', async () => {
  const { bench, asked } = benchWithDatabases();

  expect(await bench.project.checkProvider({ type: 'embedded' })).toEqual({
    ok: true,
    report: { type: 'embedded', isAvailable: true, database: null },
  });
  expect(asked).toEqual([]);
  expect(bench.disk.rows('SELECT name FROM sqlite_master')).toEqual([]);
});

test('what is missing, and what the database answers, are the reasons given', async () => {
  const { bench, asked } = benchWithDatabases();
  const neon = { type: 'neon', connectionString: { env: 'DATABASE_URL' } } as const;

  expect(await bench.project.checkProvider(neon)).toMatchObject({ ok: false, error: { code: 'provider/missing-value' } });
  expect(asked).toEqual([]);

  await bench.project.code.changeEnvironment({ set: { DATABASE_URL: 'postgres://x' }, unset: [] });
  bench.checkDatabase = async () => ({
    ok: false,
    error: { code: 'provider/bad-credentials', message: 'Neon: password authentication failed' },
  });
  expect(await bench.project.checkProvider(neon)).toMatchObject({ ok: false, error: { code: 'provider/bad-credentials' } });

  bench.checkDatabase = async () => {
    throw new Error('the entrypoint is gone');
  };
  expect(await bench.project.checkProvider(neon)).toMatchObject({ ok: false, error: { code: 'internal/unexpected' } });
});
