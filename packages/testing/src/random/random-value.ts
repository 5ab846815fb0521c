import type { Value, ValueObject } from '@betterbase/core';
import type { Seeded } from './seeded.ts';

const int64s = [0n, 1n, -1n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)] as const;
const numbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  255,
  256,
  2 ** 53,
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Infinity,
  -Infinity,
  NaN,
] as const;
const characters = [
  'a',
  'b',
  'Z',
  '0',
  ' ',
  '\u0000',
  '\u0001',
  '\u0002',
  '\u007f',
  '\u0080',
  'é',
  '\u07ff',
  '\u0800',
  '\uffff',
  '\u{10000}',
  '😀',
  '\u{10ffff}',
  "'",
  '"',
  '\\',
  '%',
] as const;
const fieldNames = ['a', 'aa', 'ab', 'b', 'B', '_x', 'z9'] as const;

/** Numbers near the edges of every representation, and ordinary ones. */
export function randomNumber(random: Seeded): number {
  return random.chance(0.5) ? random.pick(numbers) : random.chance(0.5) ? random.below(20) - 10 : (random.next() - 0.5) * 1e6;
}

export function randomInt64(random: Seeded): bigint {
  return random.chance(0.5) ? random.pick(int64s) : BigInt(random.below(2000) - 1000);
}

/** Short strings of few characters, so that prefixes and equal strings are common. */
export function randomString(random: Seeded): string {
  return random.many(4, () => random.pick(characters)).join('');
}

export function randomBytes(random: Seeded): ArrayBuffer {
  return Uint8Array.from(random.many(4, () => random.pick([0, 1, 2, 127, 128, 254, 255]))).buffer;
}

/** Any value, nested at most `depth` levels. */
export function randomValue(random: Seeded, depth = 2): Value {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return null;
    case 1:
      return randomInt64(random);
    case 2:
      return randomNumber(random);
    case 3:
      return random.chance(0.5);
    case 4:
      return randomString(random);
    case 5:
      return randomBytes(random);
    case 6:
      return random.many(3, () => randomValue(random, depth - 1));
    default:
      return randomObject(random, depth - 1);
  }
}

function randomObject(random: Seeded, depth: number): ValueObject {
  const object: ValueObject = {};
  for (const field of random.many(3, () => random.pick(fieldNames))) object[field] = randomValue(random, depth);
  return object;
}
