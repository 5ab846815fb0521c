/** Invitations in D1. */
import { and, desc, eq, gt } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { invitations } from '../../../migrations/schema.ts';

export type InvitationRow = typeof invitations.$inferSelect;

export async function findInvitation(database: D1Database, digest: string, now: number): Promise<InvitationRow | null> {
  const [row] = await drizzle(database)
    .select()
    .from(invitations)
    .where(and(eq(invitations.digest, digest), gt(invitations.expiresAt, now)))
    .limit(1);
  return row ?? null;
}

/** Those that are not over, newest first. */
export async function listInvitations(database: D1Database, now: number): Promise<readonly InvitationRow[]> {
  return await drizzle(database)
    .select()
    .from(invitations)
    .where(gt(invitations.expiresAt, now))
    .orderBy(desc(invitations.createdAt), invitations.id);
}

/** Those that one of these admins or keys made. */
export async function listInvitationsOf(database: D1Database, makers: readonly string[], now: number): Promise<readonly InvitationRow[]> {
  const made = new Set(makers);
  return (await listInvitations(database, now)).filter(({ createdBy }) => made.has(createdBy));
}

export async function readInvitation(database: D1Database, id: string): Promise<InvitationRow | null> {
  const [row] = await drizzle(database).select().from(invitations).where(eq(invitations.id, id)).limit(1);
  return row ?? null;
}

export function addInvitation(database: DrizzleD1Database, row: InvitationRow) {
  return database.insert(invitations).values(row);
}

export function dropInvitation(database: DrizzleD1Database, id: string) {
  return database.delete(invitations).where(eq(invitations.id, id));
}

export function dropInvitationsOf(database: DrizzleD1Database, project: string) {
  return database.delete(invitations).where(eq(invitations.project, project));
}
