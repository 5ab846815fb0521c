import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  type RowAnswer,
  type RowCondition,
  type RowOperation,
  rowAnswer,
  rowOperationSchema,
  rowStatement,
  type RowTables,
} from './index.ts';

const tables: RowTables = { user: { table: 'auth_user', columns: ['id', 'email', 'age'] } };

function start() {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE auth_user (age INTEGER, id TEXT PRIMARY KEY, email TEXT UNIQUE)');
  const run = (operation: RowOperation): RowAnswer => {
    const { sql, bindings } = rowStatement(rowOperationSchema.parse(operation), tables);
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return rowAnswer(operation, tables, statement.all(...bindings) as unknown as unknown[][]);
  };
  for (const [id, email, age] of [
    ['a', 'ada@example.com', 36],
    ['b', 'Bob@example.com', 20],
    ['c', 'cleo@example.org', null],
  ] as const)
    run({ do: 'insert', table: 'user', row: { id, email, age } });
  const find = (...where: readonly Partial<RowCondition>[]): unknown[] =>
    run({
      do: 'find',
      table: 'user',
      where: where.map((each) => ({ field: 'id', operator: 'eq', value: null, connector: 'AND', mode: 'sensitive', ...each })),
      limit: 10,
      offset: 0,
      sort: { field: 'id', direction: 'asc' },
    }).rows.map(({ id }) => id);
  return { run, find };
}

const byId = (value: string): RowCondition => ({ field: 'id', operator: 'eq', value, connector: 'AND', mode: 'sensitive' });

test('rows come back by the names of their columns, whatever their order in the table', () => {
  const { run } = start();
  expect(run({ do: 'find', table: 'user', where: [byId('a')], limit: 1, offset: 0, sort: null })).toEqual({
    rows: [{ id: 'a', email: 'ada@example.com', age: 36 }],
    count: 1,
  });
});

test('every operator finds what it says', () => {
  const { find } = start();
  expect(find({ field: 'age', operator: 'gt', value: 20 })).toEqual(['a']);
  expect(find({ field: 'age', operator: 'gte', value: 20 })).toEqual(['a', 'b']);
  expect(find({ field: 'age', operator: 'lt', value: 36 })).toEqual(['b']);
  expect(find({ field: 'age', operator: 'lte', value: 36 })).toEqual(['a', 'b']);
  expect(find({ field: 'age', operator: 'eq', value: null })).toEqual(['c']);
  expect(find({ field: 'age', operator: 'ne', value: 20 })).toEqual(['a', 'c']);
  expect(find({ operator: 'in', value: ['a', 'c'] })).toEqual(['a', 'c']);
  expect(find({ operator: 'not_in', value: ['a', 'c'] })).toEqual(['b']);
  expect(find({ field: 'email', operator: 'contains', value: '%' })).toEqual([]);
  expect(find({ field: 'email', operator: 'contains', value: 'example.c' })).toEqual(['a', 'b']);
  expect(find({ field: 'email', operator: 'starts_with', value: 'ada@' })).toEqual(['a']);
  expect(find({ field: 'email', operator: 'ends_with', value: '.org' })).toEqual(['c']);
  expect(find({ field: 'email', operator: 'eq', value: 'bob@example.com' })).toEqual([]);
  expect(find({ field: 'email', operator: 'eq', value: 'bob@example.com', mode: 'insensitive' })).toEqual(['b']);
});

test('all of what is joined with AND holds, and one of what is joined with OR', () => {
  const { find } = start();
  const isA = { value: 'a', connector: 'OR' } as const;
  const isC = { value: 'c', connector: 'OR' } as const;
  expect(find(isA, isC)).toEqual(['a', 'c']);
  expect(find({ field: 'age', operator: 'ne', value: null }, isA, isC)).toEqual(['a']);
});

test('of the rows that are meant one is changed, or all, and a condition guards it', () => {
  const { run, find } = start();
  const change = { do: 'update', table: 'user', set: {}, add: { age: 1 } } as const;
  expect(run({ ...change, where: [], reach: 'all' }).rows.map(({ age }) => age)).toEqual([37, 21, 1]);
  expect(run({ ...change, where: [byId('b'), { ...byId(''), field: 'age', operator: 'lt', value: 21 }], reach: 'one' }).count).toBe(0);
  expect(run({ do: 'update', table: 'user', set: { email: 'x' }, add: {}, where: [byId('b')], reach: 'one' }).rows).toEqual([
    { id: 'b', email: 'x', age: 21 },
  ]);
  expect(run({ do: 'delete', table: 'user', where: [], reach: 'one' }).count).toBe(1);
  expect(find({ operator: 'ne' })).toHaveLength(2);
  expect(run({ do: 'count', table: 'user', where: [] }).count).toBe(2);
});

test('no table and no column can be named that is not there', () => {
  const { run, find } = start();
  expect(() => run({ do: 'count', table: 'sqlite_master', where: [] })).toThrow('no table "sqlite_master"');
  expect(() => run({ do: 'count', table: 'constructor', where: [] })).toThrow('no table "constructor"');
  expect(() => find({ field: 'id" OR 1 --' })).toThrow('has no column');
  expect(() => run({ do: 'insert', table: 'user', row: { 'id) SELECT 1 --': 'x' } })).toThrow('has no column');
  expect(() => find({ operator: 'in', value: 'a' })).toThrow('takes a list');
});

test('what is no operation is refused', () => {
  const parse = (value: unknown): boolean => rowOperationSchema.safeParse(value).success;
  expect(parse({ do: 'count', table: 'user', where: [] })).toBe(true);
  expect(parse({ do: 'drop', table: 'user' })).toBe(false);
  expect(parse({ do: 'count', table: 'user', where: [{ field: 'id' }] })).toBe(false);
  expect(parse({ do: 'count', table: 'user', where: [], more: 1 })).toBe(false);
  expect(parse({ do: 'insert', table: 'user', row: { id: { toString: 'x' } } })).toBe(false);
  expect(parse({ do: 'find', table: 'user', where: [], limit: 1e9, offset: 0, sort: null })).toBe(false);
});
