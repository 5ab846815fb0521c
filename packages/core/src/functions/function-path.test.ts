import { describe, expect, test } from 'vitest';
import { anyApi, createApi, getFunctionName, makeFunctionReference, nameFunction } from './api.ts';
import { query } from './define-function.ts';
import { functionPathCandidates, parseFunctionPath } from './function-path.ts';

describe('the path of a function', () => {
  test.each([
    ['queries/todos:list', 'queries/todos:list'],
    ['queries/todos/list', 'queries/todos:list'],
    ['/queries/todos/list', 'queries/todos:list'],
    ['messages:send', 'messages:send'],
    ['messages.ts:send', 'messages:send'],
    ['messages.js:default', 'messages:default'],
    ['messages', 'messages:default'],
    ['a/b-c/d_e.f:$x', 'a/b-c/d_e.f:$x'],
  ])('%s is %s', (text, path) => {
    expect(parseFunctionPath(text)).toBe(path);
  });

  test.each([
    '',
    ':',
    'a:',
    ':b',
    'a//b:c',
    'a/:b',
    'a:b c',
    '../a:b',
    'a/../b:c',
    'a b:c',
    'a:1',
    'a:b:c',
    `a:${'b'.repeat(1024)}`,
    'a\n:b',
    'a?:b',
  ])('%j is none', (text) => {
    expect(() => parseFunctionPath(text)).toThrow(expect.objectContaining({ code: 'function/bad-path' }));
  });

  test('without a colon it can also be the default export of a module', () => {
    expect(functionPathCandidates('queries/todos')).toEqual(['queries:todos', 'queries/todos:default']);
    expect(functionPathCandidates('queries/todos/list')).toEqual(['queries/todos:list', 'queries/todos/list:default']);
    expect(functionPathCandidates('todos')).toEqual(['todos:default']);
    expect(functionPathCandidates('queries/todos:list')).toEqual(['queries/todos:list']);
  });
});

describe('a reference', () => {
  test('is named by the properties that lead to it', () => {
    const api = createApi<{ a: { b: { c: object } } }>();

    expect(getFunctionName(anyApi['queries']?.['todos']?.['list'])).toBe('queries/todos:list');
    expect(getFunctionName(anyApi['messages']?.['default'])).toBe('messages:default');
    expect(getFunctionName(api.a.b.c)).toBe('a/b:c');
  });

  test('is made from a name, and from a path as text', () => {
    expect(getFunctionName(makeFunctionReference<'query'>('messages/list'))).toBe('messages:list');
    expect(getFunctionName('messages:list')).toBe('messages:list');
  });

  test('is a function that has been given its path', () => {
    const list = query(() => 1);
    nameFunction(list, parseFunctionPath('messages:list'));

    expect(getFunctionName(list)).toBe('messages:list');
    expect(() => getFunctionName(query(() => 1))).toThrow('This is not a reference to a function.');
  });

  test('is not a whole module, and nothing else', () => {
    expect(() => getFunctionName(anyApi)).toThrow('"api" is not a function.');
    expect(() => getFunctionName(anyApi['messages'])).toThrow('"api.messages" is not a function.');
    for (const other of [null, undefined, 5, {}, () => 1]) expect(() => getFunctionName(other)).toThrow('This is not a reference');
  });
});
