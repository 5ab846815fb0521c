/** The people who administer the installation: who they are, where they are signed in, and what they may do. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const roles = ['owner', 'admin', 'developer', 'viewer'] as const;

/** Moments of this table and the next two are ISO 8601: better-auth writes them. */
export const admins = sqliteTable('admins', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** In lower case. */
  email: text('email').notNull().unique(),
  emailVerified: integer('email_verified').notNull(),
  image: text('image'),
  createdAt: text('created_at').notNull(),
  updatedAt: text('updated_at').notNull(),
});

/** How somebody proves who they are; a password is kept as its scrypt hash. */
export const adminAccounts = sqliteTable(
  'admin_accounts',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: text('access_token_expires_at'),
    refreshTokenExpiresAt: text('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (table) => [index('admin_accounts_by_user').on(table.userId)],
);

export const adminSessions = sqliteTable(
  'admin_sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    /** SHA-256 of what the browser or `bb` has, hex: what is here opens nothing. */
    token: text('token').notNull().unique(),
    expiresAt: text('expires_at').notNull(),
    createdAt: text('created_at').notNull(),
    /** When it was last used, to the minute. */
    updatedAt: text('updated_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
  },
  (table) => [index('admin_sessions_by_user').on(table.userId)],
);

/** What an admin proves besides the password: codes of an app, or one of the codes kept for the day that app is gone. */
export const adminSecondFactors = sqliteTable('admin_second_factors', {
  adminId: text('admin_id').primaryKey().notNull(),
  /** What the app's codes are made of, sealed with the installation's key. */
  sealed: text('sealed').notNull(),
  /** ms since 1970; null: no code of the app was shown yet, and none is asked for. */
  confirmedAt: integer('confirmed_at'),
  /** The half minute of the newest code that was taken: none as old opens anything. */
  takenStep: integer('taken_step').notNull(),
});

/** Each is good once: whoever uses it takes it away. */
export const adminBackupCodes = sqliteTable(
  'admin_backup_codes',
  {
    /** SHA-256 of whose it is and the code, hex. */
    digest: text('digest').primaryKey().notNull(),
    adminId: text('admin_id').notNull(),
  },
  (table) => [index('admin_backup_codes_by_admin').on(table.adminId)],
);

/** What somebody may do once, by a link or on the next page. */
export const adminPasses = sqliteTable(
  'admin_passes',
  {
    /** SHA-256 of what they have, hex. */
    digest: text('digest').primaryKey().notNull(),
    adminId: text('admin_id').notNull(),
    /** `reset`: choose another password. `sign-in`: the password was right, and a code is wanted. */
    purpose: text('purpose', { enum: ['reset', 'sign-in'] }).notNull(),
    /** ms since 1970 */
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('admin_passes_by_admin').on(table.adminId)],
);

/** Which admin has which role where. What they may do is what any of these allows. */
export const roleAssignments = sqliteTable(
  'role_assignments',
  {
    id: text('id').primaryKey(),
    adminId: text('admin_id').notNull(),
    role: text('role', { enum: roles }).notNull(),
    /** Null: everywhere. */
    project: text('project'),
    /** Id of the key or admin. */
    createdBy: text('created_by').notNull(),
    /** ms since 1970 */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('role_assignments_by_admin').on(table.adminId)],
);

/** Who may become an admin by a link. Taken away when they did, or when it is withdrawn. */
export const invitations = sqliteTable('invitations', {
  id: text('id').primaryKey(),
  /** SHA-256 of what is in the link, hex. */
  digest: text('digest').notNull().unique(),
  email: text('email').notNull(),
  role: text('role', { enum: roles }).notNull(),
  project: text('project'),
  createdBy: text('created_by').notNull(),
  /** ms since 1970 */
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
});

/** Programs that wait for somebody to let them in. */
export const deviceCodes = sqliteTable('device_codes', {
  /** SHA-256 of what the program has, hex. */
  digest: text('digest').primaryKey(),
  /** SHA-256 of what the person types, hex. */
  userDigest: text('user_digest').notNull().unique(),
  /** What the program calls itself, and where it asked from. */
  client: text('client').notNull(),
  address: text('address'),
  state: text('state', { enum: ['pending', 'approved', 'denied'] }).notNull(),
  /** Who let it in, or refused it; while it waits, who has looked at it first. */
  adminId: text('admin_id'),
  /** ms since 1970 */
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  polledAt: integer('polled_at').notNull(),
});

/** What the installation is told to do; absent: the default. */
export const instanceSettings = sqliteTable('instance_settings', {
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
  /** ms since 1970 */
  updatedAt: integer('updated_at').notNull(),
});
