import { expect, test } from 'vitest';
import { v } from '../validators/v.ts';
import { defineSchema, schemaManifest } from './schema.ts';
import { defineTable } from './table.ts';

test('each full-text field has a search index, unless the schema has one on it', () => {
  const articles = defineTable({ title: v.fullText(), body: v.optional(v.fullText()), note: v.string() }).searchIndex('by_title', {
    searchField: 'title',
    filterFields: ['note'],
  });

  const [table] = schemaManifest(defineSchema({ articles })).tables;

  expect(table?.indexes).toEqual([
    { kind: 'search', name: 'by_title', searchField: 'title', filterFields: ['note'] },
    { kind: 'search', name: 'search_body', searchField: 'body', filterFields: [] },
  ]);
});

test('an index that is counted says so, the others say nothing', () => {
  const messages = defineTable({ room: v.string() })
    .index('by_room', { fields: ['room'], counted: true })
    .uniqueIndex('by_name', { fields: ['room'], counted: false });

  const [table] = schemaManifest(defineSchema({ messages })).tables;

  expect(table?.indexes).toEqual([
    { kind: 'index', name: 'by_room', fields: ['room'], unique: false, counted: true },
    { kind: 'index', name: 'by_name', fields: ['room'], unique: true },
  ]);
});
