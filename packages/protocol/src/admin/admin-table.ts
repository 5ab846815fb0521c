/**
 * Every route of the admin API: what it needs, where, how often it may be asked, and what the audit log calls it.
 *
 * The guard reads it before any route runs; a route that is not here is refused.
 */
import type { Permission } from './permissions.ts';

/**
 * `installation`: only for keys that are good for all of it. `project`: the one in the address. `own`: for any key; the
 * route shows and changes only what belongs to the key's project, where it has one. `open`: for anybody; the route itself finds
 * out who it is.
 */
export type Scope = 'installation' | 'project' | 'own' | 'open';

/** Requests of one key or admin, or to open routes of one address, in a minute, counted by each isolate for itself. */
export const rateClasses = { read: 1_200, write: 300, heavy: 120, stream: 6_000, signIn: 60 } as const;

export interface AdminRule {
  /** Null: whoever has any key that administers. */
  readonly permission: Permission | null;
  readonly scope: Scope;
  readonly rate: keyof typeof rateClasses;
  /** What the audit log calls it; null: it changes nothing that is worth telling. */
  readonly audit: string | null;
}

export const adminTable = {
  'GET /admin/openapi.json': rule(null, 'own', 'read'),
  'POST /admin/auth/setup': rule(null, 'open', 'signIn', 'admin.create'),
  'POST /admin/auth/login': rule(null, 'open', 'signIn', 'admin.login'),
  'POST /admin/auth/join': rule(null, 'open', 'signIn', 'admin.create'),
  'POST /admin/auth/logout': rule(null, 'own', 'write', 'admin.logout'),
  'GET /admin/auth/me': rule(null, 'own', 'read'),
  'GET /admin/auth/sessions': rule(null, 'own', 'read'),
  'DELETE /admin/auth/sessions/:id': rule(null, 'own', 'write', 'admin.logout'),
  'POST /admin/auth/password': rule(null, 'own', 'write', 'admin.password'),
  'POST /admin/auth/reset/request': rule(null, 'open', 'signIn', 'admin.forgot'),
  'POST /admin/auth/reset': rule(null, 'open', 'signIn', 'admin.reset'),
  'GET /admin/auth/second-factor': rule(null, 'own', 'read'),
  'POST /admin/auth/second-factor': rule(null, 'own', 'write'),
  'POST /admin/auth/second-factor/confirm': rule(null, 'own', 'write', 'second_factor.enable'),
  'POST /admin/auth/second-factor/codes': rule(null, 'own', 'write', 'second_factor.codes'),
  'DELETE /admin/auth/second-factor': rule(null, 'own', 'write', 'second_factor.disable'),

  'GET /admin/cli-sessions': rule(null, 'own', 'read'),
  'DELETE /admin/cli-sessions/pending/:userCode': rule(null, 'own', 'write', 'device.deny'),

  'GET /admin/users': rule('team_view', 'own', 'read'),
  'DELETE /admin/users/:id': rule('team_delete', 'installation', 'write', 'admin.delete'),
  'POST /admin/users/:id/reset': rule('team_edit', 'installation', 'write', 'admin.reset_link'),
  'DELETE /admin/users/:id/second-factor': rule('team_edit', 'installation', 'write', 'second_factor.remove'),
  'GET /admin/invitations': rule('team_view', 'own', 'read'),
  'POST /admin/invitations': rule('team_create', 'own', 'write', 'admin.invite'),
  'DELETE /admin/invitations/:id': rule('team_delete', 'own', 'write', 'admin.uninvite'),
  'GET /admin/roles/assignments': rule('team_view', 'own', 'read'),
  'POST /admin/roles/assignments': rule('team_edit', 'own', 'write', 'role.assign'),
  'DELETE /admin/roles/assignments/:id': rule('team_edit', 'own', 'write', 'role.revoke'),

  'GET /admin/instance/health': rule('settings_view', 'installation', 'read'),
  'GET /admin/instance': rule('settings_view', 'installation', 'read'),
  'PATCH /admin/instance': rule('settings_edit', 'installation', 'write', 'settings.update'),

  'GET /admin/email': rule('settings_view', 'installation', 'read'),
  'PUT /admin/email': rule('settings_edit', 'installation', 'write', 'email.update'),
  'POST /admin/email/test': rule('settings_edit', 'installation', 'heavy'),

  'GET /admin/whoami': rule(null, 'own', 'read'),
  'GET /admin/roles': rule(null, 'own', 'read'),
  'GET /admin/permissions': rule(null, 'own', 'read'),
  'GET /admin/api-keys': rule('team_view', 'own', 'read'),
  'POST /admin/api-keys': rule('team_create', 'own', 'write', 'api_key.create'),
  'DELETE /admin/api-keys/:id': rule('team_delete', 'own', 'write', 'api_key.revoke'),

  'GET /admin/audit': rule('audit_view', 'own', 'read'),
  'GET /admin/audit/actions': rule('audit_view', 'own', 'read'),

  'GET /admin/projects': rule('projects_view', 'own', 'read'),
  'POST /admin/projects': rule('projects_create', 'installation', 'write', 'project.create'),
  'GET /admin/projects/:project': rule('projects_view', 'project', 'read'),
  'PATCH /admin/projects/:project': rule('projects_edit', 'project', 'write', 'project.update'),
  'POST /admin/projects/:project/suspend': rule('projects_edit', 'project', 'write', 'project.suspend'),
  'POST /admin/projects/:project/resume': rule('projects_edit', 'project', 'write', 'project.resume'),
  'DELETE /admin/projects/:project': rule('projects_delete', 'project', 'write', 'project.delete'),
  'GET /admin/projects/:project/keys': rule('team_view', 'project', 'read'),
  'POST /admin/projects/:project/keys/:kind/rotate': rule('team_edit', 'project', 'write', 'api_key.rotate'),

  'GET /admin/projects/:project/deployments': rule('functions_view', 'project', 'read'),
  'POST /admin/projects/:project/deployments': rule('functions_create', 'project', 'heavy', 'function.deploy'),
  'POST /admin/projects/:project/deployments/preview': rule('functions_create', 'project', 'heavy'),
  'POST /admin/projects/:project/deployments/rollback': rule('functions_create', 'project', 'heavy', 'function.rollback'),
  'GET /admin/projects/:project/migrations': rule('functions_view', 'project', 'read'),
  'GET /admin/projects/:project/functions': rule('functions_view', 'project', 'read'),
  'POST /admin/projects/:project/run': rule('functions_edit', 'project', 'write'),
  'GET /admin/projects/:project/environment': rule('functions_view', 'project', 'read'),
  'PATCH /admin/projects/:project/environment': rule('functions_edit', 'project', 'write', 'environment.update'),
  'GET /admin/projects/:project/auth/settings': rule('users_view', 'project', 'read'),
  'PATCH /admin/projects/:project/auth/settings': rule('users_edit', 'project', 'write', 'auth.update'),
  'POST /admin/projects/:project/auth/messages': rule('users_edit', 'project', 'heavy'),
  'GET /admin/projects/:project/auth/users': rule('users_view', 'project', 'read'),
  'PATCH /admin/projects/:project/auth/users/:id': rule('users_edit', 'project', 'write', 'user.update'),
  'DELETE /admin/projects/:project/auth/users/:id/sessions': rule('users_edit', 'project', 'write', 'user.sign_out'),
  'DELETE /admin/projects/:project/auth/users/:id': rule('users_delete', 'project', 'write', 'user.delete'),
  'POST /admin/projects/:project/provider/check': rule('functions_edit', 'project', 'heavy'),
  'GET /admin/projects/:project/limits': rule('projects_view', 'project', 'read'),
  'GET /admin/projects/:project/logs': rule('logs_view', 'project', 'read'),

  'GET /admin/projects/:project/iac/schema': rule('functions_view', 'project', 'read'),
  'GET /admin/projects/:project/iac/functions': rule('functions_view', 'project', 'read'),
  'GET /admin/projects/:project/iac/jobs': rule('functions_view', 'project', 'read'),
  'GET /admin/projects/:project/iac/realtime': rule('functions_view', 'project', 'read'),
  'POST /admin/projects/:project/iac/query': rule('storage_view', 'project', 'heavy'),

  'GET /admin/projects/:project/policies': rule('functions_view', 'project', 'read'),
  'POST /admin/projects/:project/policies/test': rule('storage_view', 'project', 'heavy'),

  'POST /admin/projects/:project/exports': rule('storage_view', 'project', 'heavy', 'data.export'),
  'GET /admin/projects/:project/exports/:id/tables/:table': rule('storage_view', 'project', 'stream'),
  'DELETE /admin/projects/:project/exports/:id': rule('storage_view', 'project', 'write'),
  'POST /admin/projects/:project/imports': rule('storage_delete', 'project', 'heavy'),
  'POST /admin/projects/:project/imports/:id/tables/:table': rule('storage_delete', 'project', 'stream'),
  'POST /admin/projects/:project/imports/:id/finish': rule('storage_delete', 'project', 'heavy', 'data.import'),
  'DELETE /admin/projects/:project/imports/:id': rule('storage_delete', 'project', 'write'),
} as const satisfies Readonly<Record<`${string} /admin/${string}`, AdminRule>>;

/** What the audit log calls what is done on pages, beside the actions of routes. */
export const pageActions = ['device.approve'] as const;

export type AdminRoute = keyof typeof adminTable;

export const adminRoutes = Object.keys(adminTable).filter(isAdminRoute);

export function isAdminRoute(text: string): text is AdminRoute {
  return Object.hasOwn(adminTable, text);
}

function rule(permission: Permission | null, scope: Scope, rate: AdminRule['rate'], audit: string | null = null): AdminRule {
  return { permission, scope, rate, audit };
}
