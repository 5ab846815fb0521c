/** The control plane in D1: what the installation knows about its projects and keys. Changed by migrations only. */
export * from './people.ts';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One row for each project, written when it is made or first deployed. */
export const projects = sqliteTable('projects', {
  /** The name in `/p/<slug>/…`. */
  slug: text('slug').primaryKey(),
  /** For people. The slug until somebody chooses another. */
  name: text('name').notNull(),
  /** ms since 1970 */
  createdAt: integer('created_at').notNull(),
  /** ms since 1970; the newest deployment. Null: none yet. */
  deployedAt: integer('deployed_at'),
  /** Where the project was asked to be, as the platform names places. Null: nearest to who came first. */
  region: text('region'),
  /** ms since 1970; null: it is open. */
  suspendedAt: integer('suspended_at'),
  /** JSON of the origins whose pages may call it; null: all. */
  allowedOrigins: text('allowed_origins', { mode: 'json' }).$type<string[]>(),
});

/** Keys that open something. What is here opens nothing: of a key only its digest is kept. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    /** `live`: for people and machines that administer; the others are a project's own. */
    kind: text('kind', { enum: ['live', 'publishable', 'secret', 'admin'] }).notNull(),
    /** The only project it is good for; null: all of them, and the installation. */
    project: text('project'),
    name: text('name').notNull(),
    /** What it may do at most; null for keys that administer nothing. */
    role: text('role', { enum: ['owner', 'admin', 'developer', 'viewer'] }),
    /** JSON of the permissions that it has of its role; null: all. */
    scopes: text('scopes', { mode: 'json' }).$type<readonly string[]>(),
    /** SHA-256 of the key, hex. */
    digest: text('digest').notNull().unique(),
    /** How the key begins, so that people recognise it. */
    prefix: text('prefix').notNull(),
    /** Id of the admin or key that made it, or `root`. */
    createdBy: text('created_by').notNull(),
    /** ms since 1970 */
    createdAt: integer('created_at').notNull(),
    /** ms since 1970; null: never */
    expiresAt: integer('expires_at'),
    /** ms since 1970, to the minute */
    lastUsedAt: integer('last_used_at'),
    /** ms since 1970 */
    revokedAt: integer('revoked_at'),
    /** Who answers for it: whoever made it, or made the key that made it. It can do no more than they can. Null: the installation's own key. */
    adminId: text('admin_id'),
  },
  (table) => [index('api_keys_by_project').on(table.project, table.createdAt), index('api_keys_by_admin').on(table.adminId)],
);

/** What was done to the installation and its projects, by whom. Only ever added to. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    /** ms since 1970 */
    at: integer('at').notNull(),
    /** Id of the key, or `root`. */
    actor: text('actor').notNull(),
    /** What the key was called then. */
    actorName: text('actor_name').notNull(),
    /** Where the request came from; null where the network does not say. */
    address: text('address'),
    /** `<what>.<done to it>` */
    action: text('action').notNull(),
    resourceType: text('resource_type').notNull(),
    resourceId: text('resource_id'),
    /** The project that it belongs to; null: the installation. */
    project: text('project'),
    /** `done`, `unknown` where the process ended meanwhile, or the code of the error that refused it. */
    outcome: text('outcome').notNull(),
    before: text('before', { mode: 'json' }).$type<unknown>(),
    after: text('after', { mode: 'json' }).$type<unknown>(),
  },
  (table) => [index('audit_log_by_time').on(table.at), index('audit_log_by_project').on(table.project, table.at)],
);

/** What was tried and failed lately, so that whoever guesses waits. Names are digests: nobody reads here who tried to sign in. */
export const attempts = sqliteTable('attempts', {
  name: text('name').primaryKey().notNull(),
  /** In a row. */
  failures: integer('failures').notNull(),
  /** ms since 1970 */
  lastAt: integer('last_at').notNull(),
  /** ms since 1970; nothing is tried before. */
  waitsUntil: integer('waits_until').notNull(),
  /** 1 if the newest attempt had to wait. */
  refused: integer('refused').notNull(),
});
