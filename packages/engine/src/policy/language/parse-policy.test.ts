import { definePolicy } from '@betterbase/core';
import { expect, test } from 'vitest';
import { parsePolicy } from './parse-policy.ts';

const parse = (select: string | boolean) => parsePolicy(definePolicy('notes', { select }), 'policies/notes.policy.ts');
const treeOf = (select: string) => parse(select).rules.select?.tree;

test('a condition becomes a tree that says what its text says, names as they are written', () => {
  expect(treeOf(`auth.uid() = ownerId and not n."Done" -- mine`)).toEqual({
    type: 'and',
    left: {
      type: 'compare',
      by: '=',
      left: { type: 'identity', part: 'uid' },
      right: { type: 'column', table: null, name: 'ownerId', at: [13, 20] },
    },
    right: { type: 'not', of: { type: 'column', table: 'n', name: 'Done', at: [29, 37] } },
  });
  expect(treeOf(`auth.jwt() -> 'org' ->> 'id' in ('a')`)).toEqual({
    type: 'in',
    of: {
      type: 'member',
      of: { type: 'member', of: { type: 'identity', part: 'jwt' }, key: 'org', isJson: true },
      key: 'id',
      isJson: false,
    },
    list: [{ type: 'literal', value: 'a' }],
  });
  expect(treeOf('exists (select * from Members as M where M.roomId = 1)')).toMatchObject({
    type: 'exists',
    rows: { table: 'Members', alias: 'm', where: { left: { table: 'M', name: 'roomId' } } },
  });
});

test('true and false may be written as they are', () => {
  expect(parse(true).rules).toEqual({ select: { text: 'true', tree: { type: 'literal', value: true } } });
});

test.each([
  ['owner =', 'line 1, column 8', 'ends too early'],
  ['owner = = 1', 'line 1, column 9', '`=` was not expected here'],
  ['done\n  and owner ~ 1', 'line 2, column 7', '`~` is not part of a policy'],
  ['order = 1', 'line 1, column 1', '`order` was not expected here'],
  ['user = 1', 'line 1, column 1', '`user` is a word of SQL'],
  ['done; drop table notes', 'line 1, column 5', '`;` was not expected here'],
  ['owner::text = 1', 'line 1, column 1', 'casts are not part'],
  ['lower(owner) = 1', 'line 1, column 1', 'no function `lower`'],
  ['auth.uid(1) = owner', 'line 1, column 1', 'no function `auth.uid` with 1'],
  ['size = 9007199254740993', 'line 1, column 8', 'too large to be exact'],
  ['a = 1 and exists (select 1 from b join c on true)', 'line 1, column 19', 'reads one table'],
  ['exists (select 1 from b limit 0)', 'line 1, column 9', '`limit` is not part'],
  ['exists (select 1 from b group by c)', 'line 1, column 9', '`groupBy` is not part'],
  ['a in (select b, c from d)', 'line 1, column 7', 'one column'],
  ['a + 1 = 2', 'line 1, column 1', '`+` is not part'],
  ['$1 = a', 'line 1, column 1', 'not part of a policy'],
  ['  ', 'line 1, column 1', 'empty'],
  [`${'not '.repeat(200)}done`, 'line 1', 'nested too deeply'],
])('%s is refused where it goes wrong', (text, place, problem) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({
      code: 'policy/invalid',
      message: expect.stringMatching(new RegExp(`^policies/notes.policy.ts: .select. of .notes., ${place}`)),
    }),
  );
  expect(() => parse(text)).toThrow(problem);
});

test('the place is marked under its line', () => {
  expect(() => parse('done or\n  ownr::int = 1')).toThrow('\n\n    ownr::int = 1\n    ^^^^^^^^^');
});

test('a definition with other rules than there are is refused', () => {
  expect(() => definePolicy('notes', { read: 'true' } as object)).toThrow(expect.objectContaining({ code: 'policy/invalid' }));
  expect(() => definePolicy('', {})).toThrow('name of a table');
});
