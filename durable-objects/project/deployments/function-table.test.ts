import { expect, test } from 'vitest';
import { FunctionTable } from './function-table.ts';

const table = new FunctionTable({
  functions: ['queries/todos:list', 'messages:default', 'admin/users:default'].map((path) => ({
    path,
    kind: 'query',
    visibility: 'public',
    args: null,
    returns: null,
  })),
});

test.each([
  ['queries/todos:list', 'queries/todos:list'],
  ['queries/todos/list', 'queries/todos:list'],
  ['queries/todos.ts:list', 'queries/todos:list'],
  ['messages', 'messages:default'],
  ['admin/users', 'admin/users:default'],
  ['admin/users:default', 'admin/users:default'],
  ['nowhere/at/all', 'nowhere/at:all'],
])('%s means %s', (spelling, path) => {
  expect(table.canonical(spelling)).toBe(path);
  expect(table.canonical(spelling)).toBe(path);
});

test.each(['', '../x', 'a b:c', 'a:', ':b', 'a\n:b'])('%j is no path', (spelling) => {
  expect(() => table.canonical(spelling)).toThrow(expect.objectContaining({ code: 'function/bad-path' }));
});
