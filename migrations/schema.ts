/** The control plane in D1: what the installation knows about its projects. Changed by migrations only. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One row for each project, written at its first deployment. */
export const projects = sqliteTable('projects', {
  /** The name in `/p/<slug>/…`. */
  slug: text('slug').primaryKey(),
  /** For people. The slug until somebody chooses another. */
  name: text('name').notNull(),
  /** ms since 1970 */
  createdAt: integer('created_at').notNull(),
  /** ms since 1970; the newest deployment. */
  deployedAt: integer('deployed_at').notNull(),
});
