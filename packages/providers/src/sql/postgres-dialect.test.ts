import { expect, test } from 'vitest';
import { postgres } from './postgres-dialect.ts';

test('names that PostgreSQL would cut stay different, and those that it would not stay themselves', () => {
  const long = 'x'.repeat(63);

  expect(postgres.quote(long)).toBe(`"${long}"`);
  expect(postgres.quote(`${long}a`)).toHaveLength(65);
  expect(postgres.quote(`${long}a`)).not.toBe(postgres.quote(`${long}b`));
  expect(postgres.quote(`${long}a`)).toBe(postgres.quote(`${long}a`));
});

test('a field that is called like a column of the system has another column', () => {
  expect(postgres.column('xmin')).toBe('"_c_xmin"');
  expect(postgres.column('max')).toBe('"max"');
});
