/** Who is asking, as far as the control plane cares: what they may do, and where. */
import { BetterBaseError } from '@betterbase/core';
import { isPermission, type Permission, permissionsOf, type Role } from '@betterbase/protocol/admin';

export interface Grant {
  /** The only project it is good for; null: all, and the installation. */
  readonly project: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

export interface Principal {
  /** The key's or the admin's, or `root`: whoever has the installation's own key. */
  readonly id: string;
  /** What the key is called; an admin's address. */
  readonly name: string;
  readonly kind: 'root' | 'key' | 'admin';
  /** The admin who asks, or who answers for the key that asks; null: nobody does. */
  readonly adminId: string | null;
  /** What they may do is what any of these allows. */
  readonly grants: readonly Grant[];
  /** They may do nothing before they have a second factor. */
  readonly mustEnrol?: true;
}

export const root: Principal = {
  id: 'root',
  name: 'root',
  kind: 'root',
  adminId: null,
  grants: [{ project: null, permissions: permissionsOf('owner') }],
};

/** What a key of a role may do, or of the role only what its scopes name. Scopes that nobody knows allow nothing. */
export function grantedTo(role: Role | null, scopes: readonly string[] | null): ReadonlySet<Permission> {
  if (role === null) return new Set();
  const granted = permissionsOf(role);
  return scopes === null ? granted : new Set(scopes.filter(isPermission).filter((scope) => granted.has(scope)));
}

/** What whoever has this key can do. A project's secret key calls functions, and that is all. */
export function allowedTo({ kind, role, scopes }: KeyRights): ReadonlySet<Permission> {
  return kind === 'secret' ? new Set(['functions_edit'] as const) : grantedTo(role, scopes);
}

interface KeyRights {
  readonly kind: string;
  readonly role: Role | null;
  readonly scopes: readonly string[] | null;
}

/** What is left of a grant where nobody may do more than others allow: a key never does what whoever answers for it may not. */
export function within({ project, permissions }: Grant, others: readonly Grant[]): readonly Grant[] {
  return others.flatMap((other) => {
    if (project !== null && other.project !== null && project !== other.project) return [];
    const both = new Set([...permissions].filter((permission) => other.permissions.has(permission)));
    return both.size === 0 ? [] : [{ project: project ?? other.project, permissions: both }];
  });
}

/** `project` null: the installation itself. */
export function may({ grants }: Pick<Principal, 'grants'>, permission: Permission, project: string | null): boolean {
  return grants.some((grant) => grant.permissions.has(permission) && (grant.project === null || grant.project === project));
}

/** Where they may do it. Null: everywhere. */
export function reachOf({ grants }: Principal, permission: Permission): readonly string[] | null {
  const projects = new Set<string>();
  for (const grant of grants) {
    if (!grant.permissions.has(permission)) continue;
    if (grant.project === null) return null;
    projects.add(grant.project);
  }
  return [...projects];
}

/** The one project that all they may do is about; null: there is more. */
export function onlyProjectOf({ grants: [first, ...others] }: Principal): string | null {
  const project = first?.project ?? null;
  return others.every((grant) => grant.project === project) ? project : null;
}

/** @throws BetterBaseError `auth/forbidden`, `auth/second-factor-required` */
export function assertMay(principal: Principal, permission: Permission, project: string | null): void {
  if (!may(principal, permission, project))
    throw lacks(principal, permission, project === null ? 'the installation' : `project \`${project.slice(0, 80)}\``);
}

/** @throws BetterBaseError `auth/forbidden` unless there is any place where they may do it */
export function assertMaySomewhere(principal: Principal, permission: Permission): void {
  if (reachOf(principal, permission)?.length === 0) throw lacks(principal, permission, 'any project');
}

/**
 * Nobody hands on, or takes away, what they do not have themselves.
 *
 * @throws BetterBaseError `auth/forbidden`
 */
export function assertHas(principal: Principal, others: ReadonlySet<Permission>, project: string | null): void {
  for (const permission of others) assertMay(principal, permission, project);
}

function lacks({ mustEnrol }: Principal, permission: Permission, where: string): BetterBaseError {
  if (mustEnrol === true)
    return new BetterBaseError(
      'auth/second-factor-required',
      'This installation is administered with a second factor only, and you have none.',
      {
        hint: 'Set one up: `bb account second-factor enable`.',
      },
    );
  return new BetterBaseError('auth/forbidden', `You may not do that: what you asked with lacks \`${permission}\` for ${where}.`, {
    hint: 'Ask with a key or as an admin whose role allows it. `bb whoami` shows what you may do.',
  });
}
