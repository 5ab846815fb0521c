/** Admins, their sessions and their roles in D1. */
import { and, count, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { adminAccounts, admins, adminSessions, roleAssignments } from '../../../migrations/schema.ts';
import { endAccess } from './end-access.ts';
import { dropFactor } from './second-factor-store.ts';

export type AdminRow = typeof admins.$inferSelect;
export type SessionRow = typeof adminSessions.$inferSelect;
export type AssignmentRow = typeof roleAssignments.$inferSelect;

export async function hasAdmins(database: D1Database): Promise<boolean> {
  return (await drizzle(database).select({ id: roleAssignments.id }).from(roleAssignments).limit(1)).length > 0;
}

export async function readAdmin(database: D1Database, id: string): Promise<AdminRow | null> {
  const [row] = await drizzle(database).select().from(admins).where(eq(admins.id, id)).limit(1);
  return row ?? null;
}

export async function findAdminByEmail(database: D1Database, email: string): Promise<AdminRow | null> {
  const [row] = await drizzle(database).select().from(admins).where(eq(admins.email, email)).limit(1);
  return row ?? null;
}

export async function listAdmins(
  database: D1Database,
): Promise<{ readonly people: readonly AdminRow[]; readonly assigned: readonly AssignmentRow[] }> {
  const db = drizzle(database);
  const [people, assigned] = await db.batch([
    db.select().from(admins).orderBy(admins.email),
    db.select().from(roleAssignments).orderBy(roleAssignments.createdAt, roleAssignments.id),
  ]);
  return { people, assigned };
}

/** The first role of all; nothing where there is one. */
export function addFirstOwner(
  database: DrizzleD1Database,
  { id, adminId, createdAt }: Pick<AssignmentRow, 'id' | 'adminId' | 'createdAt'>,
) {
  return database.run(
    sql`INSERT INTO role_assignments (id, admin_id, role, project, created_by, created_at)
      SELECT ${id}, ${adminId}, 'owner', NULL, ${adminId}, ${createdAt} WHERE NOT EXISTS (SELECT 1 FROM role_assignments)`,
  );
}

export function addAssignment(database: DrizzleD1Database, row: AssignmentRow) {
  return database.insert(roleAssignments).values(row);
}

export async function readAssignment(database: D1Database, id: string): Promise<AssignmentRow | null> {
  const [row] = await drizzle(database).select().from(roleAssignments).where(eq(roleAssignments.id, id)).limit(1);
  return row ?? null;
}

export async function hasAssignment(
  database: D1Database,
  { adminId, role, project }: Pick<AssignmentRow, 'adminId' | 'role' | 'project'>,
): Promise<boolean> {
  const where = and(
    eq(roleAssignments.adminId, adminId),
    eq(roleAssignments.role, role),
    project === null ? isNull(roleAssignments.project) : eq(roleAssignments.project, project),
  );
  return (await drizzle(database).select({ id: roleAssignments.id }).from(roleAssignments).where(where).limit(1)).length > 0;
}

/** Whether somebody else owns the installation. */
export async function hasOtherOwner(database: D1Database, adminId: string): Promise<boolean> {
  const where = and(eq(roleAssignments.role, 'owner'), isNull(roleAssignments.project), ne(roleAssignments.adminId, adminId));
  const [counted] = await drizzle(database).select({ owners: count() }).from(roleAssignments).where(where);
  return (counted?.owners ?? 0) > 0;
}

export function dropAssignment(database: DrizzleD1Database, id: string) {
  return database.delete(roleAssignments).where(eq(roleAssignments.id, id));
}

/** Roles in a project that is deleted: another one of the name must not inherit them. */
export function dropAssignmentsOf(database: DrizzleD1Database, project: string) {
  return database.delete(roleAssignments).where(eq(roleAssignments.project, project));
}

/** With everything that lets them in. */
export function dropAdmin(database: DrizzleD1Database, id: string) {
  return [
    ...endAccess(database, id, null),
    ...dropFactor(database, id),
    database.delete(roleAssignments).where(eq(roleAssignments.adminId, id)),
    database.delete(adminAccounts).where(eq(adminAccounts.userId, id)),
    database.delete(admins).where(eq(admins.id, id)),
  ] as const;
}

/** Newest first, those that are over left out. */
export async function listSessions(database: D1Database, adminId: string, now: number): Promise<readonly SessionRow[]> {
  return await drizzle(database)
    .select()
    .from(adminSessions)
    .where(and(eq(adminSessions.userId, adminId), gt(adminSessions.expiresAt, new Date(now).toISOString())))
    .orderBy(desc(adminSessions.createdAt), desc(adminSessions.id));
}

export function dropSession(database: DrizzleD1Database, adminId: string, id: string) {
  return database.delete(adminSessions).where(and(eq(adminSessions.userId, adminId), eq(adminSessions.id, id)));
}

/** The oldest of an admin's sessions, as many as are more than `most`. */
export function dropOldestSessions(database: DrizzleD1Database, adminId: string, most: number) {
  return database.run(
    sql`DELETE FROM admin_sessions WHERE user_id = ${adminId} AND id NOT IN
      (SELECT id FROM admin_sessions WHERE user_id = ${adminId} ORDER BY created_at DESC, rowid DESC LIMIT ${most})`,
  );
}
