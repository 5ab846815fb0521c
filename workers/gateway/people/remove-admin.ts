/** The end of an admin: what they leave behind ends with them, or somebody else answers for it. */
import { permissionsOf } from '@betterbase/protocol/admin';
import { drizzle } from 'drizzle-orm/d1';
import { addEntry } from '../access/audit.ts';
import { knownKeys } from '../access/find-principal.ts';
import { handOverKeys, isProjectSecret, type ListedKey, listKeysOf, revokeKeys } from '../access/key-store.ts';
import { assertHas, type Grant, grantedTo, may } from '../access/principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { toGrants } from './admin-grants.ts';
import { type AdminRow, type AssignmentRow, dropAdmin, listAdmins } from './admin-store.ts';
import { dropInvitation, type InvitationRow, listInvitationsOf } from './invitation-store.ts';
import { isOwnership, unlessLastOwner } from './ownership.ts';

export interface Left {
  readonly revoked: readonly ListedKey[];
  /** Whoever removed them answers for these now. */
  readonly kept: readonly ListedKey[];
  /** A project's own keys that they made, and so have seen: they go on until somebody rotates them. */
  readonly seen: readonly ListedKey[];
  readonly withdrawn: readonly InvitationRow[];
}

/** @throws BetterBaseError `auth/forbidden`, `admin/last-owner` */
export async function removeAdmin(context: GatewayContext, admin: AdminRow, keepKeys: boolean): Promise<Left> {
  const {
    env,
    var: { principal },
  } = context;
  const roles = (await listAdmins(env.DB)).assigned.filter(({ adminId }) => adminId === admin.id);
  for (const { role, project } of roles) assertHas(principal, permissionsOf(role), project);
  const now = Date.now();
  const left = await leftBy(env.DB, { admin, grants: toGrants(roles), keepKeys, now });
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, {
    resourceType: 'admin',
    resourceId: admin.id,
    project: null,
    before: { email: admin.email, roles: roles.map(rolePlace) },
    after: { revokedKeys: left.revoked.map(called), keptKeys: left.kept.map(called), withdrawnInvitations: left.withdrawn.map(invited) },
  });
  const writes = [
    entry,
    ...dropAdmin(database, admin.id),
    ...revokeKeys(database, left.revoked, now),
    ...handOverKeys(database, [...left.kept, ...left.seen], principal.adminId),
    ...left.withdrawn.map(({ id }) => dropInvitation(database, id)),
  ] as const;
  if (roles.some(isOwnership)) await unlessLastOwner(env.DB, admin.id, writes);
  else await database.batch(writes);
  knownKeys.forget();
  return left;
}

interface Leaving {
  readonly admin: AdminRow;
  readonly grants: readonly Grant[];
  readonly keepKeys: boolean;
  readonly now: number;
}

async function leftBy(database: D1Database, { admin, grants, keepKeys, now }: Leaving): Promise<Left> {
  const keys = await listKeysOf(database, admin.id, now);
  const own = keys.filter(({ kind }) => kind === 'live');
  // A key that could do more than its person was held back by them only: with somebody else behind it, it would do it.
  const isKept = ({ role, scopes, project }: ListedKey): boolean =>
    keepKeys && [...grantedTo(role, scopes)].every((permission) => may({ grants }, permission, project));
  return {
    revoked: own.filter((key) => !isKept(key)),
    kept: own.filter(isKept),
    seen: keys.filter(isProjectSecret),
    withdrawn: await listInvitationsOf(database, [admin.id, ...own.map(({ id }) => id)], now),
  };
}

function rolePlace({ role, project }: AssignmentRow): object {
  return { role, project };
}

function called({ id, name, prefix }: ListedKey): object {
  return { id, name, prefix };
}

function invited({ id, email, role }: InvitationRow): object {
  return { id, email, role };
}
