import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { claimDatabase } from './claim-database.ts';
import type { RemoteSql } from './remote-sql.ts';

test('a database is the first project’s that claims it, however often it asks', async () => {
  const database = new DatabaseSync(':memory:');
  const sql: RemoteSql = {
    dialect: 'sqlite',
    batch: async (statements) =>
      statements.map((statement) => {
        const rows = database.prepare(statement.sql).all(...statement.params.map(String));
        return { columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row).map(String)), rowsWritten: 0 };
      }),
  };

  expect(await claimDatabase(sql, { project: 'chat', owner: 'one' })).toEqual({ project: 'chat', owner: 'one' });
  expect(await claimDatabase(sql, { project: 'shop', owner: 'two' })).toEqual({ project: 'chat', owner: 'one' });
  expect(await claimDatabase(sql, { project: 'chat', owner: 'one' })).toEqual({ project: 'chat', owner: 'one' });
});
