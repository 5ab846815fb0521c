import { defineSchema, defineTable, v } from '@betterbase/core';

/** The tables. Every document also has `_id` and `_creationTime`. */
export default defineSchema({
  todos: defineTable({
    text: v.string(),
    done: v.boolean(),
  }).index('by_done', ['done']),
});
