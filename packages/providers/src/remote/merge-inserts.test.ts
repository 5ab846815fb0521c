import { expect, test } from 'vitest';
import { mergeInserts, type MergeableText } from './merge-inserts.ts';

const into = (table: string, ...params: readonly number[]): MergeableText => {
  const row = `(${params.map(() => '?').join(', ')})`;
  return { sql: `INSERT INTO ${table} VALUES ${row}`, params, row };
};
const other = (sql: string): MergeableText => ({ sql, params: [] });
const said = (statements: readonly MergeableText[], most = 100): readonly string[] =>
  mergeInserts(statements, most).map(({ sql, params }) => `${sql} [${params.join()}]`);

test('rows of the same kind are inserted by one statement, where the first of them was', () => {
  expect(said([into('a', 1, 2), into('b', 3), into('a', 4, 5), other('INSERT INTO terms SELECT 1'), into('a', 6, 7)])).toEqual([
    'INSERT INTO a VALUES (?, ?), (?, ?), (?, ?) [1,2,4,5,6,7]',
    'INSERT INTO b VALUES (?) [3]',
    'INSERT INTO terms SELECT 1 []',
  ]);
});

test('no row moves past what is not an insert', () => {
  expect(said([into('a', 1), other('DELETE FROM a'), into('a', 2), into('a', 3)])).toEqual([
    'INSERT INTO a VALUES (?) [1]',
    'DELETE FROM a []',
    'INSERT INTO a VALUES (?), (?) [2,3]',
  ]);
});

test('a statement has so many parameters and no more', () => {
  expect(
    said(
      [1, 2, 3, 4, 5].map((value) => into('a', value)),
      2,
    ),
  ).toEqual(['INSERT INTO a VALUES (?), (?) [1,2]', 'INSERT INTO a VALUES (?), (?) [3,4]', 'INSERT INTO a VALUES (?) [5]']);
});
