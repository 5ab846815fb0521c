import { checkValue, v, validatorFromJson } from '@betterbase/core';
import { forEachSeed, randomValidator, randomValueOf } from '@betterbase/testing';
import { describe, expect, it } from 'vitest';
import { isWidening } from './widening.ts';

describe('isWidening', () => {
  it.each([
    ['a type to any', v.int64(), v.any()],
    ['a literal to its type', v.literal('a'), v.string()],
    ['an id to a string', v.id('users'), v.string()],
    ['a type to a union with it', v.number(), v.union(v.string(), v.number())],
    ['a union to a larger one', v.union(v.literal('a'), v.null()), v.union(v.null(), v.string())],
    ['an object to one with another optional field', v.object({ a: v.string() }), v.object({ a: v.string(), b: v.optional(v.string()) })],
    ['an array of a type to an array of any', v.array(v.string()), v.array(v.any())],
  ])('sees that %s refuses nothing that was allowed', (_, old, next) => {
    expect(isWidening(old.json, next.json)).toBe(true);
  });

  it.each([
    ['another type', v.string(), v.number()],
    ['a type to a literal', v.string(), v.literal('a')],
    ['a union to one of its members', v.union(v.string(), v.null()), v.string()],
    ['an object to one without a field', v.object({ a: v.optional(v.string()) }), v.object({})],
    ['an object to one that asks for more', v.object({}), v.object({ a: v.string() })],
    ['an optional field to a required one', v.object({ a: v.optional(v.string()) }), v.object({ a: v.string() })],
    ['a field called like what every object has', v.object({ constructor: v.string() }), v.object({})],
  ])('sees that %s may refuse what was allowed', (_, old, next) => {
    expect(isWidening(old.json, next.json)).toBe(false);
  });

  it('is right whenever it says yes', async () => {
    let widenings = 0;
    await forEachSeed(4_000, (random) => {
      const [old, next] = [randomValidator(random, 1), randomValidator(random, 1)];
      if (!isWidening(old, next)) return;
      widenings++;
      const value = randomValueOf(random, old);

      expect(checkValue(validatorFromJson(next), value, 'value')).toBeNull();
    });
    expect(widenings).toBeGreaterThan(200);
  });
});
