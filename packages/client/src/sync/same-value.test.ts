import { expect, test } from 'vitest';
import { isSameValue } from './same-value.ts';

const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;

test.each([
  [null, null],
  [Number.NaN, Number.NaN],
  [5n, 5n],
  [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [bytes(1, 2), bytes(1, 2)],
])('%o is the same as %o', (one, other) => {
  expect(isSameValue(one, other)).toBe(true);
});

test.each([
  [0, -0],
  [5n, 5],
  [null, {}],
  [[], {}],
  [[1, 2], [1]],
  [{ a: 1 }, { b: 1 }],
  [bytes(1, 2), bytes(1, 3)],
  [bytes(), []],
  [bytes(), {}],
])('%o is not the same as %o', (one, other) => {
  expect(isSameValue(one, other)).toBe(false);
});
