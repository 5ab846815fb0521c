import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBetterBaseError } from '../errors/betterbase-error.ts';
import { equalValues } from './compare.ts';
import { decodeFromJson, decodeValue } from './decode.ts';
import { encodeToJson, encodeValue } from './encode.ts';
import { valueArbitrary } from './test/value-arbitrary.ts';

describe('encoding', () => {
  test('every value comes back from JSON text as it was', () => {
    fc.assert(
      fc.property(valueArbitrary, (value) => {
        expect(equalValues(decodeFromJson(encodeToJson(value)), value)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('equal values have equal encodings and different values different ones', () => {
    fc.assert(
      fc.property(valueArbitrary, valueArbitrary, (left, right) => {
        // Fields are written in the order they were set, so only objects may differ in text and be equal.
        if (!equalValues(left, right)) expect(encodeToJson(left)).not.toBe(encodeToJson(right));
      }),
      { numRuns: 2_000 },
    );
  });

  test('what JSON cannot say is tagged', () => {
    const value = { a: 1n, b: NaN, c: -0, d: new Uint8Array([1, 2, 3]).buffer, e: [-(2n ** 63n), Infinity] };

    expect(encodeValue(value)).toEqual({
      a: { $integer: 'AQAAAAAAAAA=' },
      b: { $float: 'AAAAAAAA+H8=' },
      c: { $float: 'AAAAAAAAAIA=' },
      d: { $bytes: 'AQID' },
      e: [{ $integer: 'AAAAAAAAAIA=' }, { $float: 'AAAAAAAA8H8=' }],
    });
  });

  test('a value that needs no tag is its own encoding, not a copy', () => {
    const value = { list: [{ text: 'a', n: 1.5, done: false, none: null }] };

    expect(encodeValue(value)).toBe(value);
    expect(decodeValue(value)).toBe(value);
  });

  test('the value that was encoded is left as it was', () => {
    const value = { before: [1], here: { n: 5n, gone: undefined }, after: 'x' };

    expect(encodeValue(value)).toEqual({ before: [1], here: { n: { $integer: 'BQAAAAAAAAA=' } }, after: 'x' });
    expect(value).toStrictEqual({ before: [1], here: { n: 5n, gone: undefined }, after: 'x' });
  });

  test('a field that is undefined is absent', () => {
    expect(Object.keys(encodeValue({ a: undefined, b: 1, c: undefined }) ?? {})).toEqual(['b']);
  });

  test('every field is read once, and nothing is made, where nothing needs encoding', () => {
    let reads = 0;
    const rows = Array.from({ length: 50 }, (_, n) => {
      const row = { _id: `id${n}`, _creationTime: 1.5e12 + n, text: 'a few words', done: false, n, by: 'me' };
      return new Proxy(row, {
        get: (target, field) => {
          reads += 1;
          return Reflect.get(target, field);
        },
      });
    });

    expect(encodeValue(rows)).toBe(rows);
    expect(reads).toBe(50 * 6);
  });
});

describe('what is no value', () => {
  const half = '\ud800';
  const deep = (levels: number): unknown => (levels === 0 ? null : [deep(levels - 1)]);
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  test.each<[string, unknown, string]>([
    ['a function', { a: [() => 1] }, 'args.a[0]: a function is not a value'],
    ['a symbol', { 'odd name': Symbol('x') }, 'args["odd name"]: a symbol is not a value'],
    ['undefined in an array', [1, undefined], 'args[1]: nothing is not a value'],
    ['undefined', undefined, 'args: nothing is not a value'],
    ['a hole in an array', Object.assign([], { length: 1 }), 'args[0]: nothing is not a value'],
    ['a date', { at: new Date(0) }, 'args.at: a Date is not a value'],
    ['a map', new Map(), 'args: a Map is not a value'],
    ['a view of bytes', { b: new Uint8Array(1) }, 'args.b: an Uint8Array is not a value'],
    ['an instance of a class', { x: new (class Point {})() }, 'args.x: a Point is not a value'],
    ['an int64 that is too large', [2n ** 63n], 'args[0]: int64 9223372036854775808 does not fit'],
    ['an int64 that is too small', [-(2n ** 63n) - 1n], 'args[0]: int64 -9223372036854775809 does not fit'],
    ['half of a surrogate pair', { text: `a${half}` }, 'args.text: the string has half of a surrogate pair'],
    ['a name with half of a surrogate pair', { [half]: 1 }, 'the field name has half of a surrogate pair'],
    ['a name with a dollar', { a: { $b: 1 } }, 'args.a["$b"]: field names that start with $ are reserved'],
    ['a field called __proto__', JSON.parse('{"__proto__": 1}'), 'args.__proto__: a field cannot be called __proto__'],
    ['65 levels', deep(65), 'nested more than 64 deep'],
    ['a cycle', cycle, 'nested more than 64 deep'],
  ])('%s is refused with its path', (_what, value, message) => {
    const attempt = (): unknown => encodeValue(value, 'args');

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'value/unsupported' }));
  });

  test('64 levels are a value', () => {
    expect(encodeToJson(deep(64))).toBe(`${'['.repeat(64)}null${']'.repeat(64)}`);
  });

  test('the error says what to use instead', () => {
    expect(hintOf(() => encodeValue(new Date(0)))).toBe('Use date.getTime() or date.toISOString().');
    expect(hintOf(() => encodeValue({ p: Promise.resolve(1) }))).toBe('Await the promise first.');
  });
});

describe('what is no encoding', () => {
  test.each<[string, string, string]>([
    ['text that is no JSON', '{"a":', 'This is not JSON'],
    ['an unknown tag', '{"a":{"$set":"x"}}', 'args.a["$set"]: field names that start with $ are reserved'],
    ['a tag beside a field', '{"$integer":"AAAAAAAAAAA=","b":1}', 'an object with $integer has no other fields'],
    ['a field beside a tag', '{"b":1,"$integer":"AAAAAAAAAAA="}', 'an object with $integer has no other fields'],
    ['a tag that holds no text', '[{"$bytes":5}]', 'args[0]["$bytes"]: expected base64, got number 5'],
    ['base64 without its padding', '{"$bytes":"AQ"}', 'string "AQ" is not base64'],
    ['base64 with stray bits', '{"$bytes":"AR=="}', 'string "AR==" is not base64'],
    ['base64 with white space', '{"$bytes":"AQ ="}', 'is not base64'],
    ['padding alone', '{"$bytes":"===="}', 'is not base64'],
    ['an int64 of seven bytes', '{"$integer":"AAAAAAAAAA=="}', 'an int64 has 8 bytes, not 7'],
    ['a float of four bytes', '{"$float":"AAAAAA=="}', 'a float64 has 8 bytes, not 4'],
    ['a tagged float that JSON can say', '{"$float":"AAAAAAAA8D8="}', 'number 1 is to be written as a plain JSON number'],
    ['half of a surrogate pair', '["\\ud800"]', 'args[0]: the string has half of a surrogate pair'],
    ['a field called __proto__', '{"__proto__":{"admin":true}}', 'a field cannot be called __proto__'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'nested more than 64 deep'],
  ])('%s is refused', (_what, text, message) => {
    const attempt = (): unknown => decodeFromJson(text, 'args');

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'value/bad-encoding' }));
  });

  test('whatever the JSON, it decodes to a value or is refused by name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          encodeValue(decodeValue(json));
        } catch (error) {
          expect(isBetterBaseError(error) && error.code).toBe('value/bad-encoding');
        }
      }),
    );
  });
});

function hintOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
  } catch (error) {
    if (isBetterBaseError(error)) return error.hint;
  }
  return undefined;
}
