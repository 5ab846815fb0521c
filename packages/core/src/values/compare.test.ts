import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareStrings, compareValues, equalValues } from './compare.ts';
import { encodeToJson } from './encode.ts';
import type { Value } from './value.ts';
import { textArbitrary, valueArbitrary } from './test/value-arbitrary.ts';

const bytes = (...all: number[]): ArrayBuffer => new Uint8Array(all).buffer;
const orUndefined = fc.option(valueArbitrary, { nil: undefined, freq: 20 });

describe('the order of values', () => {
  test('it is undefined < null < int64 < float64 < boolean < string < bytes < array < object, and by content within each', () => {
    const inOrder: (Value | undefined)[] = [
      undefined,
      null,
      -(2n ** 63n),
      -1n,
      0n,
      2n ** 63n - 1n,
      -Infinity,
      -1.5,
      -0,
      0,
      Number.MIN_VALUE,
      1,
      Infinity,
      NaN,
      false,
      true,
      '',
      'a',
      'aa',
      'b',
      'é',
      '\uff00',
      '😀',
      bytes(),
      bytes(0),
      bytes(0, 0),
      bytes(255),
      [],
      [null],
      [null, null],
      [1],
      {},
      { a: null },
      { a: null, b: 1 },
      { a: 1 },
      { b: null },
    ];

    for (const [at, value] of inOrder.entries()) {
      for (const [otherAt, other] of inOrder.entries()) {
        expect([value, other, Math.sign(compareValues(value, other))]).toEqual([value, other, Math.sign(at - otherAt)]);
      }
    }
  });

  test('it is total: of two values one is first unless they are the same', () => {
    fc.assert(
      fc.property(orUndefined, orUndefined, (left, right) => {
        expect(Math.sign(compareValues(left, right))).toBe(-Math.sign(compareValues(right, left)) + 0);
        expect(compareValues(left, left)).toBe(0);
        if (left !== undefined && right !== undefined && encodeToJson(left) === encodeToJson(right))
          expect(compareValues(left, right)).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('it is transitive', () => {
    fc.assert(
      fc.property(orUndefined, orUndefined, orUndefined, (a, b, c) => {
        // Boxed, because `sort` puts undefined last whatever the comparison says.
        const [first, second, third] = [[a], [b], [c]].sort(([left], [right]) => compareValues(left, right)).map(([value]) => value);
        expect(compareValues(first, second)).toBeLessThanOrEqual(0);
        expect(compareValues(second, third)).toBeLessThanOrEqual(0);
        expect(compareValues(first, third)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('strings are in the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (left, right) => {
        expect(Math.sign(compareStrings(left, right))).toBe(Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))));
      }),
      { numRuns: 2_000 },
    );
  });

  test('the order in which fields were set does not count, nor do fields that are undefined', () => {
    expect(equalValues({ a: 1, b: 2 }, { b: 2, a: 1, c: undefined })).toBe(true);
  });

  test('equal is the same value: NaN is equal to itself, and -0 is not 0', () => {
    expect(equalValues(NaN, NaN)).toBe(true);
    expect(equalValues(0, -0)).toBe(false);
    expect(equalValues(1, 1n)).toBe(false);
    expect(equalValues([{ a: bytes(1) }], [{ a: bytes(1) }])).toBe(true);
  });
});
