/** From what opens a session to whose it is and what they may do now. */
import { and, eq, gt, lt } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { admins, adminSecondFactors, adminSessions, roleAssignments } from '../../../migrations/schema.ts';
import type { Principal } from '../access/principal.ts';
import { toGrants } from './admin-grants.ts';

export interface FoundSession {
  readonly session: string;
  readonly usedAt: string;
  readonly hasSecondFactor: boolean;
  readonly principal: Principal;
}

/** How exactly it is known when a session was last used, ms. */
const useResolution = 60_000;

/** Null: it opens nothing at this time. Asked each time, so that what has ended has ended. */
export async function findAdmin(database: D1Database, digest: string, now: number): Promise<FoundSession | null> {
  const db = drizzle(database);
  const isIt = and(eq(adminSessions.token, digest), gt(adminSessions.expiresAt, new Date(now).toISOString()));
  // Not as a batch: that takes columns of the same name in two tables for one.
  const [found, assigned] = await Promise.all([
    db
      .select({
        session: adminSessions.id,
        usedAt: adminSessions.updatedAt,
        id: admins.id,
        email: admins.email,
        confirmedAt: adminSecondFactors.confirmedAt,
      })
      .from(adminSessions)
      .innerJoin(admins, eq(admins.id, adminSessions.userId))
      .leftJoin(adminSecondFactors, eq(adminSecondFactors.adminId, adminSessions.userId))
      .where(isIt)
      .limit(1),
    db
      .select({ role: roleAssignments.role, project: roleAssignments.project })
      .from(roleAssignments)
      .innerJoin(adminSessions, eq(roleAssignments.adminId, adminSessions.userId))
      .where(isIt),
  ]);
  const [row] = found;
  if (row === undefined) return null;
  const { id, email: name, session, usedAt, confirmedAt } = row;
  const hasSecondFactor = confirmedAt !== null;
  return { session, usedAt, hasSecondFactor, principal: { id, name, kind: 'admin', adminId: id, grants: toGrants(assigned) } };
}

export async function noteSessionUse(database: D1Database, { session, usedAt }: FoundSession, now: number): Promise<void> {
  const before = new Date(now - useResolution).toISOString();
  if (usedAt > before) return;
  await drizzle(database)
    .update(adminSessions)
    .set({ updatedAt: new Date(now).toISOString() })
    .where(and(eq(adminSessions.id, session), lt(adminSessions.updatedAt, before)));
}
