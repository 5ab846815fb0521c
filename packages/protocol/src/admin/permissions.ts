/** What can be allowed, and what each role is allowed. */

export const permissions = [
  'projects_view',
  'projects_create',
  'projects_edit',
  'projects_delete',
  'users_view',
  'users_create',
  'users_edit',
  'users_delete',
  'users_export',
  'storage_view',
  'storage_create',
  'storage_edit',
  'storage_delete',
  'functions_view',
  'functions_create',
  'functions_edit',
  'functions_delete',
  'webhooks_view',
  'webhooks_create',
  'webhooks_edit',
  'webhooks_delete',
  'logs_view',
  'logs_export',
  'team_view',
  'team_create',
  'team_edit',
  'team_delete',
  'settings_view',
  'settings_edit',
  'audit_view',
  'audit_export',
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ['owner', 'admin', 'developer', 'viewer'] as const;

export type Role = (typeof roles)[number];

const developerAreas = new Set(['projects', 'users', 'storage', 'functions', 'webhooks', 'logs']);

const grants: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(permissions),
  admin: new Set(permissions.filter((permission) => permission !== 'settings_edit')),
  developer: new Set(permissions.filter((permission) => developerAreas.has(permission.split('_', 1)[0] ?? ''))),
  viewer: new Set(permissions.filter((permission) => permission.endsWith('_view'))),
};

export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return grants[role];
}

export function isPermission(text: string): text is Permission {
  return grants.owner.has(text as Permission);
}
