import { compareValues, type Value } from '@betterbase/core';
import { forEachSeed, randomValue, type Seeded } from '@betterbase/testing';
import { describe, expect, it } from 'vitest';
import type { RangeEnd } from '../ports/document-store.ts';
import { encodeKey } from './encode-key.ts';
import { keyFromBytes, keyToBytes } from './key-bytes.ts';
import { isInRange, lowerBoundKey, upperBoundKey } from './key-range.ts';

type Tuple = (Value | undefined)[];

describe('encodeKey', () => {
  it('keeps the order of types and of the values in each', () => {
    const ascending: Tuple = [
      undefined,
      null,
      -(2n ** 63n),
      -1n,
      0n,
      1n,
      2n ** 63n - 1n,
      -Infinity,
      -Number.MAX_VALUE,
      -1,
      -5e-324,
      -0,
      0,
      5e-324,
      1,
      1.5,
      256,
      Infinity,
      NaN,
      false,
      true,
      '',
      '\0',
      '\0\0',
      '\0a',
      '\u0001',
      '\u0002',
      'a',
      'a\0',
      'a\u0001',
      'a\u0002',
      'aa',
      'b',
      '\u007f',
      'é',
      '\uffff',
      '😀',
      bytes(),
      bytes(0),
      bytes(0, 0),
      bytes(0, 255),
      bytes(1),
      bytes(2),
      bytes(255),
      bytes(255, 0),
      [],
      [null],
      [null, null],
      [1n],
      [1],
      ['a'],
      ['a', 1],
      [[]],
      {},
      { a: 1 },
      { a: 1, b: 1 },
      { a: 2 },
      { aa: 0 },
      { b: 0 },
    ];

    const keys = ascending.map((value) => encodeKey([value]));

    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('orders random tuples as compareValues does, field by field', async () => {
    await forEachSeed(3000, (random) => {
      const one = randomTuple(random);
      const other = random.chance(0.5) ? randomTuple(random) : nearby(random, one);

      expect(Math.sign(compareKeys(encodeKey(one), encodeKey(other)))).toBe(Math.sign(compareTuples(one, other)));
    });
  });

  it('gives a prefix of a tuple a prefix of its key, and no component starts with ff', async () => {
    await forEachSeed(500, (random) => {
      const tuple = randomTuple(random);
      const prefix = tuple.slice(0, random.below(tuple.length + 1));

      expect(encodeKey(tuple).startsWith(encodeKey(prefix))).toBe(true);
      expect(encodeKey(tuple)).toBe(tuple.map((value) => encodeKey([value])).join(''));
      for (const value of tuple) expect(encodeKey([value]).charCodeAt(0)).toBeLessThan(0x0b);
    });
  });

  it('counts a field that is undefined as absent, in any order of fields', () => {
    expect(encodeKey([{ b: 2, a: 1, c: undefined }])).toBe(encodeKey([{ a: 1, b: 2 }]));
  });

  it('survives the way through bytes', async () => {
    await forEachSeed(300, (random) => {
      const key = encodeKey(randomTuple(random));

      expect(keyFromBytes(keyToBytes(key))).toBe(key);
    });
  });
});

describe('a key range', () => {
  it('holds exactly the tuples that both of its ends allow', async () => {
    await forEachSeed(3000, (random) => {
      const tuple = [randomValue(random, 1), randomValue(random, 1), randomValue(random, 1)];
      const lower = randomEnd(random, tuple);
      const upper = randomEnd(random, tuple);

      const held = isInRange(encodeKey(tuple), { lower: lowerBoundKey(lower), upper: upperBoundKey(upper) });

      expect(held).toBe(isAbove(tuple, lower) && isBelow(tuple, upper));
    });
  });
});

function isAbove(tuple: Tuple, end: RangeEnd): boolean {
  const order = compareTuples(tuple.slice(0, end.prefix.length), end.prefix);
  return order > 0 || (order === 0 && end.inclusive);
}

function isBelow(tuple: Tuple, end: RangeEnd): boolean {
  const order = compareTuples(tuple.slice(0, end.prefix.length), end.prefix);
  return order < 0 || (order === 0 && end.inclusive);
}

function compareTuples(one: readonly (Value | undefined)[], other: readonly (Value | undefined)[]): number {
  for (let position = 0; position < Math.min(one.length, other.length); position++) {
    const order = compareValues(one[position], other[position]);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareKeys(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function randomTuple(random: Seeded): Tuple {
  return random.many(3, () => (random.chance(0.1) ? undefined : randomValue(random)));
}

/** Equal up to one field, which is where an encoding goes wrong. */
function nearby(random: Seeded, tuple: Tuple): Tuple {
  const changed = random.below(tuple.length + 1);
  return tuple.map((value, position) => (position === changed ? randomValue(random) : value));
}

function randomEnd(random: Seeded, tuple: Tuple): RangeEnd {
  const prefix = nearby(random, tuple.slice(0, random.below(tuple.length + 1)));
  return { prefix, inclusive: random.chance(0.5) };
}

function bytes(...values: number[]): ArrayBuffer {
  return Uint8Array.from(values).buffer;
}
