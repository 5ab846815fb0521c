import { Table } from 'convex-helpers/server';
import { migrationsTable } from 'convex-helpers/server/migrations';
import { rateLimitTables } from 'convex-helpers/server/rateLimit';
import { vSessionId } from 'convex-helpers/server/sessions';
import { deprecated, literals, nullable } from 'convex-helpers/validators';
import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

export const Notes = Table('notes', { owner: v.string(), text: v.string(), pinned: v.optional(v.boolean()) });

export default defineSchema({
  ...rateLimitTables,
  migrations: migrationsTable,
  notes: Notes.table.index('by_owner', ['owner']),
  users: defineTable({ name: v.string(), old: deprecated, manager: v.optional(nullable(v.id('users'))) }).index('by_name', ['name']),
  posts: defineTable({ author: v.id('users'), title: v.string(), status: literals('draft', 'published'), score: v.number() })
    .index('by_author', ['author'])
    .index('by_author_score', ['author', 'score'])
    .index('by_score', ['score']),
  tags: defineTable({ name: v.string() }).index('by_name', ['name']),
  postTags: defineTable({ post: v.id('posts'), tag: v.id('tags') })
    .index('post', ['post'])
    .index('tag', ['tag']),
  counters: defineTable({ name: v.string(), value: v.number() }).index('by_name', ['name']),
  visits: defineTable({ sessionId: vSessionId, page: v.string() }).index('by_session', ['sessionId']),
});
