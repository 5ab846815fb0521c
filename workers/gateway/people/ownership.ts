/** Somebody always owns the installation. */
import { BetterBaseError } from '@betterbase/core';
import { and, eq, sql } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { roleAssignments } from '../../../migrations/schema.ts';
import { type AssignmentRow, hasOtherOwner } from './admin-store.ts';

type Batch = Parameters<DrizzleD1Database['batch']>[0];

/**
 * Takes an ownership away, with everything that belongs to it: all of it, or nothing where nobody else would own the installation.
 * Of two owners who remove each other at once, one stays.
 *
 * @throws BetterBaseError `admin/last-owner`
 */
export async function unlessLastOwner(database: D1Database, adminId: string, batch: Batch): Promise<void> {
  await assertOtherOwner(database, adminId);
  const db = drizzle(database);
  const { adminId: admin } = roleAssignments;
  const isAlone = sql`NOT EXISTS (SELECT 1 FROM role_assignments WHERE role = 'owner' AND project IS NULL AND admin_id <> ${adminId})`;
  // Writes nothing, or fails and takes the others along: a role is somebody's.
  const guard = db
    .update(roleAssignments)
    .set({ adminId: sql`NULL` })
    .where(and(eq(admin, adminId), isAlone));
  try {
    await db.batch([guard, ...batch]);
  } catch (failure) {
    await assertOtherOwner(database, adminId);
    throw failure;
  }
}

export function isOwnership({ role, project }: AssignmentRow): boolean {
  return role === 'owner' && project === null;
}

async function assertOtherOwner(database: D1Database, adminId: string): Promise<void> {
  if (await hasOtherOwner(database, adminId)) return;
  throw new BetterBaseError('admin/last-owner', 'Nobody would own the installation any more.', {
    hint: 'Make somebody else an owner first.',
  });
}
