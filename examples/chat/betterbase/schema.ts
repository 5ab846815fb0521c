import { defineSchema, defineTable, v } from '@betterbase/core';

export default defineSchema({
  channels: defineTable({ name: v.string() }).uniqueIndex('by_name', ['name']),

  /** One browser that told us its name. `key` is public; `secret` proves that it is the same browser and is never returned. */
  people: defineTable({ key: v.string(), secret: v.string(), name: v.string() }).uniqueIndex('by_key', ['key']),

  /** Who is in which channel right now. Counted live, so nothing that changes every few seconds may stand in this table. */
  members: defineTable({ channel: v.id('channels'), person: v.id('people') }).uniqueIndex('by_channel_and_person', ['channel', 'person']),

  /** One open browser tab. Its heartbeat moves `seenAt`, which no query reads: a heartbeat re-runs nothing. */
  tabs: defineTable({ key: v.string(), channel: v.id('channels'), person: v.id('people'), seenAt: v.number() })
    .uniqueIndex('by_key', ['key'])
    .index('by_channel_and_person', ['channel', 'person'])
    .index('by_seen_at', ['seenAt']),

  /** `key` is chosen by the sender's browser, so that the message it draws at once and the stored one are the same row on screen. */
  messages: defineTable({
    channel: v.id('channels'),
    author: v.id('people'),
    key: v.string(),
    text: v.string(),
    editedAt: v.optional(v.number()),
  }).index('by_channel', ['channel']),
});
