import { v } from '@betterbase/core';
import { index, tableOf, uniqueIndex } from '@betterbase/testing/contracts';
import type { TableManifest } from '@betterbase/protocol';
import { describe, expect, it } from 'vitest';
import { diffSchemas } from './diff-schemas.ts';
import type { NormalizedSchema } from './schema-layout.ts';

describe('diffSchemas', () => {
  it('finds nothing in a schema that says the same in another order', () => {
    const one = tableOf('things', { a: v.string(), b: v.number() }, index('by_a', 'a'), index('by_b', 'b'));
    const other = tableOf('things', { b: v.number(), a: v.string() }, index('by_b', 'b'), index('by_a', 'a'));

    expect(diffSchemas(stored(one), { tables: [other] })).toEqual([]);
  });

  it('names what comes, goes and changes, and what may not fit', () => {
    const old = tableOf('things', { a: v.string(), b: v.number(), c: v.literal('x') }, index('by_a', 'a'), index('by_b', 'b'));
    const next = tableOf(
      'things',
      { a: v.optional(v.string()), c: v.literal('y'), d: v.string() },
      uniqueIndex('by_a', 'a'),
      index('by_d', 'd'),
    );

    expect(diffSchemas(stored(old, tableOf('gone', {})), { tables: [next, tableOf('new', {})] })).toEqual([
      { kind: 'ALTER_COLUMN', table: 'things', name: 'a', destructive: false },
      { kind: 'ALTER_COLUMN', table: 'things', name: 'c', destructive: true },
      { kind: 'ADD_COLUMN', table: 'things', name: 'd', destructive: false },
      { kind: 'DROP_COLUMN', table: 'things', name: 'b', destructive: true },
      { kind: 'DROP_INDEX', table: 'things', name: 'by_a', destructive: false },
      { kind: 'DROP_INDEX', table: 'things', name: 'by_b', destructive: false },
      { kind: 'ADD_INDEX', table: 'things', name: 'by_a', destructive: false },
      { kind: 'ADD_INDEX', table: 'things', name: 'by_d', destructive: false },
      { kind: 'ADD_TABLE', table: 'new', destructive: false },
      { kind: 'DROP_TABLE', table: 'gone', destructive: true },
    ]);
  });

  it('counts a table that is kept but not named as gone', () => {
    const things = tableOf('things', {});

    expect(diffSchemas({ tables: [{ ...things, number: 1, active: false }] }, { tables: [things] })).toEqual([
      { kind: 'ADD_TABLE', table: 'things', destructive: false },
    ]);
    expect(diffSchemas({ tables: [{ ...things, number: 1, active: false }] }, { tables: [] })).toEqual([]);
  });
});

function stored(...tables: TableManifest[]): NormalizedSchema {
  return { tables: tables.map((table, position) => ({ ...table, number: position + 1, active: true })) };
}
