import { describe, expect, test } from 'vitest';
import { checkValue, formatProblem } from './check-value.ts';
import { v } from './v.ts';
import type { ValidationContext, Validator } from './validator.ts';

const bytes = new ArrayBuffer(2);

describe('each kind lets through what it is for', () => {
  test.each<[string, Validator, unknown[], unknown[]]>([
    ['string', v.string(), ['', 'a😀'], [1, null, undefined, ['a'], 'half \ud800']],
    ['number', v.number(), [1, -0, NaN, Infinity], ['1', 1n, null]],
    ['float64', v.float64(), [1.5], [1n]],
    ['boolean', v.boolean(), [true, false], [0, 'true', null]],
    ['null', v.null(), [null], [undefined, 0, false]],
    ['int64', v.int64(), [0n, 2n ** 63n - 1n, -(2n ** 63n)], [0, 2n ** 63n, -(2n ** 63n) - 1n]],
    ['bigint', v.bigint(), [1n], [1]],
    ['id', v.id('users'), ['whatever'], [1, null]],
    ['bytes', v.bytes(), [bytes], [new Uint8Array(bytes), 'AQ==', []]],
    ['fullText', v.fullText(), ['some words'], [1, '\udc00']],
    ['vector', v.vector(2), [[0, -1.5]], [[0], [0, 1, 2], [0, NaN], [0, Infinity], [0, 1e300], [0, '1'], 'ab']],
    ['array', v.array(v.number()), [[], [1, 2]], [[1, 'a'], [undefined], {}, 'ab']],
    ['literal', v.literal('on'), ['on'], ['off', null]],
    ['literal of an int64', v.literal(3n), [3n], [3]],
    ['literal of a number', v.literal(0), [0], [-0, '0']],
    ['union', v.union(v.string(), v.null()), ['a', null], [1, undefined]],
    ['nullable', v.nullable(v.number()), [1, null], ['1', undefined]],
    ['record', v.record(v.string(), v.number()), [{}, { a: 1, 'odd name': 2 }], [{ a: '1' }, [], { $a: 1 }, null]],
    ['record of ids', v.record(v.union(v.literal('a'), v.literal('b')), v.null()), [{ a: null }], [{ c: null }]],
    ['any', v.any(), [null, { deep: [1n, bytes] }, ''], [undefined, () => 1, { at: new Date() }, [undefined]]],
    [
      'object',
      v.object({ a: v.string(), b: v.optional(v.null()) }),
      [{ a: '' }, { a: '', b: null }, { a: '', b: undefined, c: undefined }],
      [{}, { b: null }, { a: '', c: 1 }, [], null, new Date()],
    ],
  ])('%s', (_kind, validator, allowed, refused) => {
    for (const value of allowed) expect([value, checkValue(validator, value, 'value')]).toEqual([value, null]);
    for (const value of refused) expect([value, checkValue(validator, value, 'value')]).not.toEqual([value, null]);
  });

  test('datetime takes moments with an offset, and no days that do not exist', () => {
    const allowed = ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123456+05:30', '2024-02-29T23:59:59-00:00', '2000-02-29T00:00Z'];
    const refused = [
      '2026-01-31',
      '2026-01-31T12:00:00',
      '2026-02-29T12:00:00Z',
      '1900-02-29T00:00Z',
      '2026-04-31T00:00Z',
      '2026-13-01T00:00Z',
      '2026-00-01T00:00Z',
      '2026-01-00T00:00Z',
      '2026-01-01T24:00Z',
      '2026-01-01T00:60Z',
      '2026-01-01T00:00+24:00',
      ' 2026-01-01T00:00Z',
      5,
    ];

    expect(allowed.filter((text) => checkValue(v.datetime(), text, 'at') !== null)).toEqual([]);
    expect(refused.filter((text) => checkValue(v.datetime(), text, 'at') === null)).toEqual([]);
  });

  test('an id is one of its table where the context can tell', () => {
    const context: ValidationContext = { isIdOf: (id, table) => id.startsWith(`${table}:`) };

    expect(checkValue(v.id('users'), 'users:1', 'by', context)).toBeNull();
    expect(checkValue(v.array(v.id('users')), ['users:1', 'lists:1'], 'by', context)).toEqual({
      path: 'by[1]',
      expected: 'id of table "users"',
      got: 'string "lists:1"',
    });
  });

  test('fields named like methods of every object are fields', () => {
    const validator = v.object({ constructor: v.optional(v.string()), toString: v.number() });

    expect(checkValue(validator, { toString: 1 }, 'value')).toBeNull();
    expect(checkValue(validator, {}, 'value')?.path).toBe('value.toString');
    expect(checkValue(validator, { toString: 1, valueOf: 2 }, 'value')?.path).toBe('value.valueOf');
  });

  test('an optional validator by itself takes a value that is missing', () => {
    expect(checkValue(v.optional(v.string()), undefined, 'value')).toBeNull();
    expect(checkValue(v.optional(v.string()), null, 'value')).toEqual({ path: 'value', expected: 'string', got: 'null' });
  });
});

describe('a problem says where it is, what was expected and what is there', () => {
  const item = v.object({ name: v.string(), 'odd name': v.optional(v.record(v.string(), v.boolean())) });
  const args = v.object({ items: v.array(item) });

  test.each<[unknown, string]>([
    [{ items: [{ name: '' }, { name: 5 }] }, 'args.items[1].name: expected string, got number 5'],
    [{ items: [{}] }, 'args.items[0].name: expected string, got nothing'],
    [{ items: [{ name: '', 'odd name': { 'a b': 'x' } }] }, 'args.items[0]["odd name"]["a b"]: expected boolean, got string "x"'],
    [{ items: {} }, 'args.items: expected array, got object'],
    [{ items: [], more: 1 }, 'args.more: expected absent (the fields are items), got number 1'],
    [[1, 2], 'args: expected object, got array of 2'],
    [
      { items: [{ name: 'x'.repeat(1000) }], y: 'y'.repeat(1000) },
      `args.y: expected absent (the fields are items), got string "${'y'.repeat(40)}…"`,
    ],
  ])('%j', (value, message) => {
    const problem = checkValue(args, value, 'args');

    expect(problem === null ? null : formatProblem(problem)).toBe(message);
  });

  test('inside v.any() too', () => {
    expect(problemOf(v.object({ a: v.any() }), { a: [{ at: new Date(0) }] })).toBe(
      'value.a[0].at: expected a value (a Date is not a value that can be stored or sent), got a Date',
    );
  });

  test('a union names its members', () => {
    expect(problemOf(v.union(v.string(), v.literal(5), v.object({ a: v.null() })), true)).toBe(
      'value: expected string | 5 | object { a }, got boolean true',
    );
  });

  test('a union whose member can be told by its literal says what that member has against the value', () => {
    const shape = v.union(
      v.object({ kind: v.literal('circle'), radius: v.number() }),
      v.object({ kind: v.literal('square'), side: v.number() }),
    );

    expect(problemOf(shape, { kind: 'square', side: 'long' })).toBe('value.side: expected number, got string "long"');
    expect(problemOf(shape, { kind: 'dot' })).toBe('value: expected object { kind, radius } | object { kind, side }, got object');
    expect(problemOf(v.nullable(v.object({ a: v.string() })), { a: 1 })).toBe('value.a: expected string, got number 1');
  });
});

test('every field is read twice, to be checked and to be counted, however many documents there are', () => {
  let reads = 0;
  const validator = v.array(
    v.object({ a: v.string(), b: v.number(), c: v.boolean(), d: v.id('users'), e: v.optional(v.string()), f: v.nullable(v.number()) }),
  );
  const documents = Array.from({ length: 50 }, (_, n) => {
    const document = { a: 'a few words', b: n, c: false, d: 'id', e: 'e', f: null };
    return new Proxy(document, {
      get: (target, field) => {
        reads += 1;
        return Reflect.get(target, field);
      },
    });
  });

  expect(checkValue(validator, documents, 'value')).toBeNull();
  expect(reads).toBe(2 * 50 * 6);
});

function problemOf(validator: Validator, value: unknown): string | null {
  const problem = checkValue(validator, value, 'value');
  return problem === null ? null : formatProblem(problem);
}
