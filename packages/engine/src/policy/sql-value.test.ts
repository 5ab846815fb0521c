import { expect, test } from 'vitest';
import { compareSql, isLike, memberOf, toTruth } from './sql-value.ts';

test.each([
  ['100%', '100\\%', true],
  ['1000', '100\\%', false],
  ['a_b', 'a\\_b', true],
  ['axb', 'a\\_b', false],
  ['a\\', 'a\\', false],
  ['', '%', true],
  ['', '_', false],
  ['😀', '_', true],
  ['mississippi', 'm%iss%ip%i', true],
  ['mississippi', 'm%iss%ix%i', false],
  ['Ann', 'ann', false],
])('%s like %s: %s', (text, pattern, expected) => {
  expect(isLike(text, pattern, false)).toBe(expected);
});

test('ilike takes letters of ASCII for the same in either case', () => {
  expect([isLike('ANN', 'aN_', true), isLike('É', 'é', true), isLike(1, '1', true), isLike(null, '%', true)]).toEqual([
    true,
    false,
    null,
    null,
  ]);
});

test('a pattern of many wildcards takes no time to fail', () => {
  expect(isLike('a'.repeat(10_000), `${'%a'.repeat(50)}b`, false)).toBe(false);
});

test('numbers of both kinds and booleans compare by what they count, objects with nothing', () => {
  expect([compareSql(1, 1n), compareSql(true, 1), compareSql(9_007_199_254_740_993n, 9_007_199_254_740_992), compareSql('1', 1)]).toEqual([
    0, 0, 1, 1,
  ]);
  expect([compareSql(null, null), compareSql({}, {}), compareSql([], 1)]).toEqual([null, null, null]);
});

test('a text is no truth, and what objects inherit is no member', () => {
  expect([toTruth('true'), toTruth(0n), toTruth(2), toTruth(null)]).toEqual([null, false, true, null]);
  expect([
    memberOf({ a: 1 }, 'a'),
    memberOf({}, 'constructor'),
    memberOf([1, 2], -1),
    memberOf('text', 0),
    memberOf([1], 'length'),
  ]).toEqual([1, null, 2, null, null]);
});
