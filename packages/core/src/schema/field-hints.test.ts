import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Infer, v } from '../runtime.ts';
import { defineSchema, schemaManifest } from './schema.ts';
import { defineTable } from './table.ts';

describe('hints of fields', () => {
  test('stand in the manifest beside the document, whose validators say nothing of them', () => {
    const schema = defineSchema({
      people: defineTable({
        name: v.string().renamedFrom('title').default('?'),
        age: v.optional(v.int64()).renamedFrom('years'),
        big: v.int64().default(5n),
      })
        .renamedFrom('users')
        .index('by_name', ['name']),
    });

    expect(schemaManifest(schema).tables).toEqual([
      {
        name: 'people',
        document: v.object({ name: v.string(), age: v.optional(v.int64()), big: v.int64() }).json,
        indexes: [{ kind: 'index', name: 'by_name', fields: ['name'], unique: false }],
        renamedFrom: 'users',
        renamedFields: { name: 'title', age: 'years' },
        defaults: { name: '?', big: { $integer: 'BQAAAAAAAAA=' } },
      },
    ]);
  });

  test('leave types as they are', () => {
    const fields = v.object({ a: v.optional(v.string()).renamedFrom('b'), c: v.string().default('x') });

    expectTypeOf<Infer<typeof fields>>().toEqualTypeOf<{ a?: string; c: string }>();
  });

  test('a default that the field does not allow is refused, and one of an optional field', () => {
    // @ts-expect-error -- no string
    expect(() => v.string().default(5)).toThrow(expect.objectContaining({ code: 'schema/invalid' }));
    expect(() => v.optional(v.string()).default('x')).toThrow(expect.objectContaining({ code: 'schema/invalid' }));
    expect(() => defineSchema({ a: defineTable({ b: v.optional(v.string().default('x')) }) })).toThrow(
      expect.objectContaining({ code: 'schema/invalid' }),
    );
  });

  test.each([
    ['a field that still exists', { a: v.string().renamedFrom('b'), b: v.string() }],
    ['a field twice', { a: v.string().renamedFrom('x'), b: v.string().renamedFrom('x') }],
    ['a name that no field can have', { a: v.string().renamedFrom('_id') }],
  ])('a rename from %s is refused', (_, fields) => {
    expect(() => defineSchema({ things: defineTable(fields) })).toThrow(expect.objectContaining({ code: 'schema/bad-rename' }));
  });

  test.each([
    ['objects', v.object({ inner: v.string().default('x') })],
    ['arrays', v.array(v.string().default('x'))],
    ['records', v.record(v.string(), v.string().renamedFrom('y'))],
    ['unions', v.union(v.string().default('x'), v.null())],
  ])('hints inside of %s are refused', (_, field) => {
    expect(() => defineSchema({ things: defineTable({ field }) })).toThrow(expect.objectContaining({ code: 'schema/invalid' }));
  });
});
