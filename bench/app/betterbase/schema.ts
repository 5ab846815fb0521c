import { defineSchema, defineTable, v } from '@betterbase/core';
import { dimensions } from './_content.ts';

const rows = defineTable({ room: v.string(), position: v.number() }).index('by_room', { fields: ['room'], counted: true });
const vectors = defineTable({ embedding: v.vector(dimensions) });
const exact = vectors.vectorIndex('by_embedding', { vectorField: 'embedding', dimensions });
const approximate = vectors.vectorIndex('by_embedding', { vectorField: 'embedding', dimensions, approximate: true });

export default defineSchema({
  items: defineTable({
    list: v.string(),
    text: v.string(),
    done: v.boolean(),
    position: v.number(),
    author: v.string(),
  }).index('by_list', ['list']),
  fewRows: rows,
  someRows: rows,
  manyRows: rows,
  guardedRows: defineTable({ room: v.string(), position: v.number() }),
  seats: defineTable({ room: v.string(), role: v.string() }).index('by_room_and_role', ['room', 'role']),
  texts: defineTable({ text: v.string() }).searchIndex('by_text', { searchField: 'text' }),
  fewVectors: exact,
  manyVectors: exact,
  fewVectorsNear: approximate,
  manyVectorsNear: approximate,
});
