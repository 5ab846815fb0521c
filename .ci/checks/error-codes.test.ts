import type { CodeRow } from '@betterbase/core';
import { expect, test } from 'vitest';
import { checkErrorCodes } from './error-codes.ts';
import { readMeanings, renderErrorDocs } from './error-docs.ts';
import { withFiles } from './planted.ts';

const row: CodeRow = { status: 404, closeCode: 4404, retry: 'never', blame: 'caller' };
const codes = { 'table/not-found': row };
const meanings = new Map([['table/not-found', 'There is no such table. Add it.']]);
const good = {
  'docs/errors.md': renderErrorDocs(codes, meanings),
  'packages/engine/src/a.test.ts': `expect(error).toMatchObject({ code: 'table/not-found' });`,
};

function problemsIn(files: Readonly<Record<string, string>>, table: Readonly<Record<string, CodeRow>>, untested: readonly string[] = []) {
  return withFiles(files, (root) => checkErrorCodes(root, table, untested)).map((problem) => problem.text);
}

test('a code that is explained and tested is fine', () => {
  expect(problemsIn(good, codes)).toEqual([]);
});

test('a new code wants a sentence and a test', () => {
  expect(problemsIn(good, { ...codes, 'table/full': row })).toEqual([
    'does not say what table/full means. Run `npm run docs:errors` and write it there.',
    'no test provokes table/full.',
  ]);
});

test('a code that only other code names is not tested', () => {
  const files = { 'docs/errors.md': good['docs/errors.md'], 'packages/engine/src/a.ts': `throw 'table/not-found'` };

  expect(problemsIn(files, codes)).toEqual(['no test provokes table/not-found.']);
});

test('a known gap is let through until it is closed', () => {
  const files = { 'docs/errors.md': good['docs/errors.md'] };

  expect(problemsIn(files, codes, ['table/not-found'])).toEqual([]);
  expect(problemsIn(good, codes, ['table/not-found'])).toEqual(['table/not-found has a test now or is gone: take it off the list.']);
});

test('a row that says something else than the table is stale', () => {
  expect(problemsIn(good, { 'table/not-found': { ...row, status: 410 } })).toEqual([
    'is not what the table of codes says. Run `npm run docs:errors`.',
  ]);
});

test('a code in another style is refused', () => {
  const odd = { TABLE_NOT_FOUND: row };
  const files = { 'docs/errors.md': renderErrorDocs(odd, new Map()), 'a.test.ts': `'TABLE_NOT_FOUND'` };

  expect(problemsIn(files, odd)).toContain('TABLE_NOT_FOUND is not written like area/what-happened.');
});

test('rendering keeps the sentences that were written', () => {
  expect(readMeanings(renderErrorDocs(codes, meanings))).toEqual(meanings);
});
