import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBetterBaseError } from '../errors/betterbase-error.ts';
import { valueArbitrary } from '../values/test/value-arbitrary.ts';
import { checkValue } from './check-value.ts';
import { v } from './v.ts';
import type { Validator } from './validator.ts';
import { validatorFromJson } from './validator-from-json.ts';
import type { ValidatorJson } from './validator-json.ts';

const everything = v.object({
  any: v.any(),
  array: v.array(v.string()),
  boolean: v.boolean(),
  bytes: v.bytes(),
  datetime: v.datetime(),
  fullText: v.fullText(),
  id: v.id('users'),
  int64: v.int64(),
  literal: v.union(v.literal('a'), v.literal(1), v.literal(2n), v.literal(true), v.literal(NaN)),
  null: v.null(),
  number: v.optional(v.number()),
  object: v.object({ inner: v.optional(v.object({})) }),
  record: v.record(v.id('users'), v.nullable(v.number())),
  string: v.string(),
  vector: v.vector(3),
});

describe('validators as JSON', () => {
  test('it has the shape that Convex uses', () => {
    expect(v.object({ a: v.optional(v.number()), b: v.id('users'), c: v.int64() }).json).toEqual({
      type: 'object',
      value: {
        a: { fieldType: { type: 'number' }, optional: true },
        b: { fieldType: { type: 'id', tableName: 'users' }, optional: false },
        c: { fieldType: { type: 'bigint' }, optional: false },
      },
    });
    expect(v.record(v.string(), v.array(v.null())).json).toEqual({
      type: 'record',
      keys: { type: 'string' },
      values: { fieldType: { type: 'array', value: { type: 'null' } }, optional: false },
    });
    expect(v.union(v.literal('a'), v.literal(2n)).json).toEqual({
      type: 'union',
      value: [
        { type: 'literal', value: 'a' },
        { type: 'literal', value: { $integer: 'AgAAAAAAAAA=' } },
      ],
    });
    expect([v.datetime().json, v.fullText().json, v.vector(3).json]).toEqual([
      { type: 'datetime' },
      { type: 'fullText' },
      { type: 'vector', dimensions: 3 },
    ]);
  });

  test('a validator read back from JSON text has the same JSON', () => {
    expect(validatorFromJson(parse(JSON.stringify(everything.json))).json).toEqual(everything.json);
  });

  test('a validator read back judges values as the original does', () => {
    const kinds: Validator[] = Object.values(everything.fields);
    fc.assert(
      fc.property(valueArbitrary, fc.constantFrom(...kinds), (value, validator) => {
        expect(checkValue(validatorFromJson(validator.json), value, 'value')).toEqual(checkValue(validator, value, 'value'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a kind that does not exist is refused', () => {
    expect(() => validatorFromJson(parse('{"type":"money"}'))).toThrow('There is no validator kind {"type":"money"}.');
  });
});

describe('validators about themselves', () => {
  test('each has its kind, whether it is optional, and its parts', () => {
    const list = v.optional(v.array(v.id('users')));

    expect([list.kind, list.isOptional, list.element.kind, list.element.tableName]).toEqual(['array', 'optional', 'id', 'users']);
    expect([v.string().isOptional, v.number().kind, v.bigint().kind]).toEqual(['required', 'float64', 'int64']);
    expect(v.union(v.null(), v.string()).members.map(({ kind }) => kind)).toEqual(['null', 'string']);
  });

  test('objects can be picked from, omitted from, made partial and extended', () => {
    const user = v.object({ name: v.string(), age: v.number() });

    expect(Object.keys(user.pick('name').fields)).toEqual(['name']);
    expect(Object.keys(user.omit('name').fields)).toEqual(['age']);
    expect(checkValue(user.partial(), {}, 'user')).toBeNull();
    expect(checkValue(user.extend({ age: v.string(), mail: v.string() }), { name: '', age: '', mail: '' }, 'user')).toBeNull();
    expect(Object.keys(user.fields)).toEqual(['name', 'age']);
  });

  test('what types forbid is refused in plain JavaScript too', () => {
    const loose: Record<keyof typeof v, (...args: unknown[]) => unknown> = { ...v } as never;

    expect(codeOf(() => loose.array('string'))).toBe('schema/invalid');
    expect(codeOf(() => loose.array(v.optional(v.string())))).toBe('schema/invalid');
    expect(codeOf(() => loose.union(v.optional(v.string())))).toBe('schema/invalid');
    expect(codeOf(() => loose.optional(undefined))).toBe('schema/invalid');
    expect(codeOf(() => loose.object({ name: String }))).toBe('schema/invalid');
    expect(codeOf(() => loose.object([v.string()]))).toBe('schema/invalid');
    expect(codeOf(() => v.object({ $name: v.string() }))).toBe('schema/bad-field-name');
    expect(codeOf(() => v.vector(0))).toBe('schema/invalid');
    expect(codeOf(() => v.literal(2n ** 63n))).toBe('value/unsupported');
  });
});

function parse(text: string): ValidatorJson {
  return JSON.parse(text) as ValidatorJson;
}

function codeOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return isBetterBaseError(error) ? error.code : String(error);
  }
}
