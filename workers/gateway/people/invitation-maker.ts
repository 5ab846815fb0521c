import { permissionsOf } from '@betterbase/protocol/admin';
import { readKey } from '../access/key-store.ts';
import { type Grant, may, root } from '../access/principal.ts';
import { readGrants } from './admin-grants.ts';
import type { InvitationRow } from './invitation-store.ts';

/** Whether whoever made the invitation may still hand on what it promises. */
export async function isStillMeant(database: D1Database, { createdBy, role, project }: InvitationRow): Promise<boolean> {
  const grants = await grantsOf(database, createdBy);
  return [...permissionsOf(role)].every((permission) => may({ grants }, permission, project));
}

async function grantsOf(database: D1Database, maker: string): Promise<readonly Grant[]> {
  if (maker === root.id) return root.grants;
  const key = await readKey(database, maker);
  if (key === null) return await readGrants(database, maker);
  const { revokedAt, expiresAt } = key;
  // Whoever had it may have had no right to it.
  if (revokedAt !== null || (expiresAt !== null && expiresAt <= Date.now())) return [];
  return key.adminId === null ? root.grants : await readGrants(database, key.adminId);
}
