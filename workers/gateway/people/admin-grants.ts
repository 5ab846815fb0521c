/** What an admin may do now, as their roles have it. */
import { permissionsOf } from '@betterbase/protocol/admin';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { roleAssignments } from '../../../migrations/schema.ts';
import type { Grant } from '../access/principal.ts';

/** None for whoever is no admin any more. */
export async function readGrants(database: D1Database, adminId: string | null): Promise<readonly Grant[]> {
  if (adminId === null) return [];
  const { role, project } = roleAssignments;
  return toGrants(await drizzle(database).select({ role, project }).from(roleAssignments).where(eq(roleAssignments.adminId, adminId)));
}

export function toGrants(assigned: readonly Pick<typeof roleAssignments.$inferSelect, 'role' | 'project'>[]): readonly Grant[] {
  return assigned.map(({ role, project }) => ({ project, permissions: permissionsOf(role) }));
}
