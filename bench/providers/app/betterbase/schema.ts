import { defineSchema, defineTable, v } from '@betterbase/core';

export default defineSchema({
  items: defineTable({ list: v.string(), text: v.string(), done: v.boolean(), position: v.number(), author: v.string() }).index('by_list', [
    'list',
  ]),
});
