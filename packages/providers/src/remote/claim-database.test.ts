import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { claimDatabase, findOwner } from './claim-database.ts';
import { type RemoteSql, RemoteSqlError } from './remote-sql.ts';

test('a database is the first project’s that claims it, however often it asks', async () => {
  const database = new DatabaseSync(':memory:');
  const all = (text: string, params: readonly string[]) => {
    try {
      return database.prepare(text).all(...params);
    } catch (error) {
      throw new RemoteSqlError({ kind: 'refused' }, String(error), error);
    }
  };
  const sql: RemoteSql = {
    dialect: 'sqlite',
    batch: async (statements) =>
      statements.map((statement) => {
        const rows = all(statement.sql, statement.params.map(String));
        return { columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row).map(String)), rowsWritten: 0 };
      }),
  };

  expect(await findOwner(sql)).toBeNull();
  expect(await claimDatabase(sql, { project: 'chat', owner: 'one' })).toEqual({ project: 'chat', owner: 'one' });
  expect(await findOwner(sql)).toEqual({ project: 'chat', owner: 'one' });
  expect(await claimDatabase(sql, { project: 'shop', owner: 'two' })).toEqual({ project: 'chat', owner: 'one' });
  expect(await claimDatabase(sql, { project: 'chat', owner: 'one' })).toEqual({ project: 'chat', owner: 'one' });
});

test('a database that cannot be asked is not taken for nobody’s', async () => {
  const sql: RemoteSql = {
    dialect: 'sqlite',
    batch: () => Promise.reject(new RemoteSqlError({ kind: 'refused' }, 'Server returned HTTP status 302')),
  };

  await expect(findOwner(sql)).rejects.toMatchObject({ failure: { kind: 'refused' } });
});
