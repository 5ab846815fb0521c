/** Who is asking, as far as the control plane cares: what they may do, and where. */
import { BetterBaseError } from '@betterbase/core';
import { isPermission, type Permission, permissionsOf, type Role } from './permissions.ts';

export interface Principal {
  /** The key's, or `root`: whoever has the installation's own key. */
  readonly id: string;
  readonly name: string;
  /** The only project they may do anything with; null: all, and the installation. */
  readonly project: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

export const root: Principal = { id: 'root', name: 'root', project: null, permissions: permissionsOf('owner') };

/** What a key of a role may do, or of the role only what its scopes name. Scopes that nobody knows allow nothing. */
export function grantedTo(role: Role | null, scopes: readonly string[] | null): ReadonlySet<Permission> {
  if (role === null) return new Set();
  const granted = permissionsOf(role);
  return scopes === null ? granted : new Set(scopes.filter(isPermission).filter((scope) => granted.has(scope)));
}

/** `project` null: the installation itself. */
export function may(principal: Principal, permission: Permission, project: string | null): boolean {
  return principal.permissions.has(permission) && (principal.project === null || principal.project === project);
}

/** @throws BetterBaseError `auth/forbidden` */
export function assertMay(principal: Principal, permission: Permission, project: string | null): void {
  if (may(principal, permission, project)) return;
  const where = project === null ? 'the installation' : `project \`${project.slice(0, 80)}\``;
  throw new BetterBaseError('auth/forbidden', `This key may not do that: it lacks \`${permission}\` for ${where}.`, {
    hint: 'Use a key whose role allows it. `bb keys list` shows roles.',
  });
}

/**
 * Nobody hands on, or takes away, what they do not have themselves.
 *
 * @throws BetterBaseError `auth/forbidden`
 */
export function assertHas(principal: Principal, others: ReadonlySet<Permission>, project: string | null): void {
  for (const permission of others) assertMay(principal, permission, project);
}
