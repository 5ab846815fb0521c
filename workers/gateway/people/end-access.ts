import { and, eq, ne } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { adminSessions, deviceCodes } from '../../../migrations/schema.ts';
import { dropPasses } from './passes.ts';

/** Everything that lets an admin in without proving anew who they are: sessions but this one, programs that were let in and have not come yet, links. */
export function endAccess(database: DrizzleD1Database, adminId: string, kept: string | null) {
  const isTheirs = eq(adminSessions.userId, adminId);
  return [
    database.delete(adminSessions).where(kept === null ? isTheirs : and(isTheirs, ne(adminSessions.id, kept))),
    database.delete(deviceCodes).where(eq(deviceCodes.adminId, adminId)),
    dropPasses(database, adminId),
  ] as const;
}
