import { isBetterBaseError, type Validator, v } from '@betterbase/core';
import { index, tableOf } from '@betterbase/testing/contracts';
import { describe, expect, it } from 'vitest';
import { layoutTable, usesExtra } from './table-layout.ts';

describe('the layout of a table', () => {
  it.each<[field: string, validator: Validator, kind: string, nullMeans: string]>([
    ['string', v.string(), 'text', 'missing'],
    ['id', v.id('users'), 'text', 'missing'],
    ['datetime', v.datetime(), 'text', 'missing'],
    ['full text', v.fullText(), 'text', 'missing'],
    ['literals', v.union(v.literal('a'), v.literal('b')), 'text', 'missing'],
    ['number', v.number(), 'real', 'missing'],
    ['boolean', v.literal(true), 'boolean', 'missing'],
    ['int64', v.optional(v.int64()), 'int64', 'missing'],
    ['bytes', v.bytes(), 'bytes', 'missing'],
    ['vector', v.vector(3), 'vector', 'missing'],
    ['nullable', v.nullable(v.string()), 'text', 'null'],
    ['optional and nullable', v.optional(v.nullable(v.string())), 'text', 'missing'],
    ['only null', v.null(), 'json', 'missing'],
    ['mixed', v.union(v.string(), v.number()), 'json', 'missing'],
    ['anything', v.any(), 'json', 'missing'],
  ])('keeps a field of %s in a column of its own', (_, validator, kind, nullMeans) => {
    expect(layoutTable(tableOf('things', { field: validator })).columns).toMatchObject([{ name: 'field', kind, nullMeans }]);
  });

  it.each<[fields: string, validators: Record<string, Validator>, by: string]>([
    ['strings and booleans', { a: v.string(), b: v.boolean() }, 'fields'],
    ['an optional field', { a: v.string(), b: v.optional(v.string()) }, 'key'],
    ['a nullable field', { a: v.nullable(v.string()), b: v.string() }, 'key'],
    ['a number', { a: v.string(), b: v.number() }, 'key'],
    ['a field that is not there', { a: v.string() }, 'key'],
  ])('orders an index on %s', (_, validators, by) => {
    expect(layoutTable(tableOf('things', validators, index('by_a_b', 'a', 'b'))).indexes).toMatchObject([{ by }]);
  });

  it('makes no column of a name that SQL or JavaScript would confuse', () => {
    const layout = layoutTable(
      tableOf('things', {
        name: v.string(),
        Name: v.string(),
        'two words': v.string(),
        _seq: v.string(),
        constructor: v.string(),
        'a"b': v.string(),
      }),
    );

    expect(layout.columns.map((column) => column.name)).toEqual(['name']);
    expect(layout.extraFields).toEqual(['Name', 'two words', '_seq', 'constructor', 'a"b']);
  });

  it('gives columns to indexed fields first when there is not room for all', () => {
    const fields = Object.fromEntries(Array.from({ length: 120 }, (_, position) => [`f${position}`, v.string()]));

    const layout = layoutTable(tableOf('wide', fields, index('last', 'f119'), index('key', 'missing')));

    expect(layout.columns).toHaveLength(94);
    expect(layout.columns.at(-1)?.name).toBe('f119');
    expect(layout.indexes).toMatchObject([{ by: 'fields' }, { by: 'key' }]);
  });

  it('refuses more indexes than a table has room for', () => {
    const indexes = Array.from({ length: 96 }, (_, position) => index(`index_${position}`, 'a'));

    expect(() => layoutTable(tableOf('things', { a: v.number() }, ...indexes))).toThrowError(
      expect.toSatisfy((error) => isBetterBaseError(error) && error.code === 'schema/too-many-columns'),
    );
  });

  it('needs no extra column when every column says all', () => {
    expect(usesExtra(layoutTable(tableOf('exact', { a: v.string(), b: v.optional(v.any()), c: v.nullable(v.boolean()) })))).toBe(false);
    expect(usesExtra(layoutTable(tableOf('inexact', { a: v.number() })))).toBe(true);
    expect(usesExtra(layoutTable({ name: 'union', document: { type: 'any' }, indexes: [] }))).toBe(true);
  });
});
