import { BetterBaseError } from '@betterbase/core';
import { assertHas } from '../access/principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { readGrants } from './admin-grants.ts';
import { type AdminRow, readAdmin } from './admin-store.ts';

/** @throws BetterBaseError `admin/not-found` */
export async function knownAdmin({ env }: GatewayContext, id: string): Promise<AdminRow> {
  const admin = await readAdmin(env.DB, id);
  if (admin !== null) return admin;
  throw new BetterBaseError('admin/not-found', 'There is no such admin.', { hint: '`bb admins list` shows them.' });
}

/**
 * As `knownAdmin`, for what would let the caller do as this admin: only whoever may do all that they may.
 *
 * @throws BetterBaseError `admin/not-found`, `auth/forbidden`
 */
export async function lesserAdmin(context: GatewayContext, id: string): Promise<AdminRow> {
  const admin = await knownAdmin(context, id);
  for (const { project, permissions } of await readGrants(context.env.DB, id)) assertHas(context.var.principal, permissions, project);
  return admin;
}
