import { expect, test } from 'vitest';
import type { D1Binding } from './d1-binding.ts';
import { D1Sql } from './d1-sql.ts';

const prepared = { bind: () => prepared };

test('D1 that never answers is given up, and the outcome of a write is not known', async () => {
  const silent: D1Binding = { prepare: () => prepared, batch: () => new Promise(() => {}) };
  const sql = new D1Sql(silent, { timeout: 10 });
  const statements = [{ sql: 'SELECT 1', params: [] }];

  await expect(sql.batch(statements, 'write')).rejects.toMatchObject({ failure: { kind: 'unknown' }, message: 'No answer in 10 ms.' });
  await expect(sql.batch(statements, 'read')).rejects.toMatchObject({ failure: { kind: 'unreachable' } });
});
