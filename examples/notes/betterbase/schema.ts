import { defineSchema, defineTable, usersTable, v } from '@betterbase/core';

export default defineSchema({
  users: usersTable,
  /** `owner` is the id of whoever wrote it. */
  notes: defineTable({ owner: v.string(), title: v.string(), text: v.string() }).index('by_owner', ['owner']),
});
