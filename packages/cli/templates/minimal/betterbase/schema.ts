import { defineSchema, defineTable, v } from '@betterbase/core';

export default defineSchema({
  notes: defineTable({ text: v.string() }),
});
