import { expect, test } from 'vitest';
import { toQueryCall } from './query-call.ts';

test('the order of fields does not matter, at any depth', () => {
  const one = toQueryCall('f:f', { a: 1, b: [{ x: null, y: 'z' }] });
  const other = toQueryCall('f:f', { b: [{ y: 'z', x: null }], a: 1 });

  expect(one.key).toBe(other.key);
});

test.each([
  [{ a: 1 }, { a: '1' }],
  [{ a: [] }, { a: {} }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: null }, {}],
  [{ 'a"b': 1 }, { 'a\\"b': 1 }],
])('%j and %j are different arguments', (one, other) => {
  expect(toQueryCall('f:f', one).key).not.toBe(toQueryCall('f:f', other).key);
});

test('the same arguments of another function are another call', () => {
  expect(toQueryCall('f:f', {}).key).not.toBe(toQueryCall('f:g', {}).key);
});
