/** The admin API of keys: the installation's, and each project's own three. */
import { BetterBaseError } from '@betterbase/core';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { addEntry } from '../../access/audit.ts';
import { knownKeys } from '../../access/find-principal.ts';
import { addKey, type ApiKeyRow, type ListedKey, listKeys, readKey, retireKeys, revokeKey } from '../../access/key-store.ts';
import { createKey } from '../../access/key-text.ts';
import { type Permission, permissions, permissionsOf, roles } from '../../access/permissions.ts';
import { assertHas, assertMay, grantedTo, type Principal } from '../../access/principal.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { parseBody } from '../../parse-body.ts';
import { findProject } from '../../project-list.ts';
import { assertProjectName } from '../../project-stub.ts';
import { json } from './answers.ts';

const newKey = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  role: z._default(z.enum(roles), 'developer'),
  /** Of the role's permissions only these; empty: all of them. */
  scopes: z._default(z.array(z.enum(permissions)), []),
  project: z._default(z.nullable(z.string()), null),
  /** ISO 8601, or ms since 1970. */
  expires_at: z._default(z.nullable(z.union([z.iso.datetime({ offset: true }), z.int()])), null),
});

export const projectKeyKinds = ['publishable', 'secret', 'admin'] as const;
export type ProjectKeyKind = (typeof projectKeyKinds)[number];

export function keyRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/whoami', ({ var: { principal } }) => json({ principal: { ...principal, permissions: [...principal.permissions] } }));
  routes.get('/roles', () => json({ roles: roles.map((name) => ({ id: `role_${name}`, name, permissions: [...permissionsOf(name)] })) }));
  routes.get('/permissions', () => json({ permissions: permissions.map((id) => ({ id })) }));
  routes.get('/api-keys', async ({ env, var: { principal } }) =>
    json({ api_keys: (await listKeys(env.DB, principal.project)).map(shownKey) }),
  );
  routes.post('/api-keys', createApiKey);
  routes.delete('/api-keys/:id', revokeApiKey);
  routes.get('/projects/:project/keys', async ({ env, req }) => {
    const keys = await listKeys(env.DB, req.param('project'));
    return json({ keys: keys.filter(({ revokedAt, kind }) => revokedAt === null && kind !== 'live').map(shownKey) });
  });
  routes.post('/projects/:project/keys/:kind/rotate', rotateProjectKey);
  return routes;
}

async function createApiKey(context: GatewayContext): Promise<Response> {
  const { principal } = context.var;
  const order = await parseBody(context, newKey, 'Send {"name": "ci", "role": "developer", "project": "my-app"}.');
  const project = order.project ?? principal.project;
  const scopes = order.scopes.length === 0 ? null : order.scopes;
  const beyond = order.scopes.filter((scope) => !permissionsOf(order.role).has(scope));
  if (beyond.length > 0)
    throw new BetterBaseError('http/bad-body', `The role ${order.role} has no ${beyond.join(', ')}.`, {
      hint: 'Scopes narrow a role. `GET /admin/roles` lists what each has.',
    });
  assertMay(principal, 'team_create', project);
  assertHas(principal, grantedTo(order.role, scopes), project);
  if (project !== null) await assertProject(context, project);
  const now = Date.now();
  const expiresAt = order.expires_at === null ? null : new Date(order.expires_at).getTime();
  if (expiresAt !== null && expiresAt <= now)
    throw new BetterBaseError('http/bad-body', '`expires_at` has passed.', { hint: 'Name a time to come, or leave it out.' });
  const { key, ...kept } = await createKey('live');
  const row: ApiKeyRow = {
    ...unused(principal, now),
    ...kept,
    kind: 'live',
    project,
    name: order.name,
    role: order.role,
    scopes,
    expiresAt,
  };
  const database = drizzle(context.env.DB);
  await database.batch([addKey(database, row), addEntry(database, context, { ...resourceOf(row), after: remembered(row) })]);
  return json({ api_key: shownKey(row), key }, 201);
}

async function revokeApiKey(context: GatewayContext): Promise<Response> {
  const {
    env,
    var: { principal },
  } = context;
  const id = context.req.param('id') ?? '';
  const row = await readKey(env.DB, id);
  // Whose key belongs to one project is not told which others there are.
  if (row === null || (principal.project !== null && row.project !== principal.project))
    throw new BetterBaseError('key/not-found', `There is no key \`${id.slice(0, 80)}\`.`, { hint: '`bb keys list` shows them.' });
  assertHas(principal, allowedTo(row), row.project);
  if (row.revokedAt === null) {
    const database = drizzle(env.DB);
    const entry = addEntry(database, context, { ...resourceOf(row), before: remembered(row) });
    await database.batch([revokeKey(database, id, Date.now()), entry]);
    knownKeys.forget();
  }
  return json({ success: true });
}

/** A new key of this kind; the one before it opens nothing any more. */
async function rotateProjectKey(context: GatewayContext): Promise<Response> {
  const {
    env,
    var: { principal },
  } = context;
  const project = context.req.param('project') ?? '';
  const kind = projectKeyKinds.find((each) => each === context.req.param('kind'));
  if (kind === undefined)
    throw new BetterBaseError('key/not-found', 'A project has no key of this kind.', { hint: `Kinds are ${projectKeyKinds.join(', ')}.` });
  await assertProject(context, project);
  const now = Date.now();
  const { row, key } = await projectKey({ project, kind, by: principal, now });
  assertHas(principal, allowedTo(row), project);
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { ...resourceOf(row), after: remembered(row) });
  await database.batch([retireKeys(database, project, kind, now), addKey(database, row), entry]);
  knownKeys.forget();
  return json({ api_key: shownKey(row), key }, 201);
}

export async function projectKey({
  project,
  kind,
  by,
  now,
}: {
  readonly project: string;
  readonly kind: ProjectKeyKind;
  readonly by: Principal;
  readonly now: number;
}): Promise<{ readonly row: ApiKeyRow; readonly key: string }> {
  const { key, ...kept } = await createKey(kind);
  const role = kind === 'admin' ? 'admin' : null;
  return { key, row: { ...unused(by, now), ...kept, kind, project, name: `${kind} key`, role, scopes: null, expiresAt: null } };
}

function resourceOf({ id, project }: ListedKey) {
  return { resourceType: 'api_key', resourceId: id, project } as const;
}

/** What the audit log keeps of a key. */
function remembered({ kind, name, role, scopes, prefix, expiresAt }: ListedKey): object {
  return { kind, name, role, scopes, prefix, expiresAt };
}

/** What whoever has the key can do. */
function allowedTo({ kind, role, scopes }: ListedKey): ReadonlySet<Permission> {
  return kind === 'secret' ? new Set(['functions_edit'] as const) : grantedTo(role, scopes);
}

function unused({ id }: Principal, now: number): Pick<ApiKeyRow, 'id' | 'createdBy' | 'createdAt' | 'lastUsedAt' | 'revokedAt'> {
  return { id: crypto.randomUUID(), createdBy: id, createdAt: now, lastUsedAt: null, revokedAt: null };
}

export function shownKey(key: ListedKey) {
  const { id, kind, project, name, role, scopes, prefix, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = key;
  return {
    id,
    kind,
    project,
    name,
    role,
    scopes: scopes ?? [],
    prefix,
    created_by: createdBy,
    created_at: createdAt,
    expires_at: expiresAt,
    last_used_at: lastUsedAt,
    revoked_at: revokedAt,
  };
}

async function assertProject({ env }: GatewayContext, project: string): Promise<void> {
  assertProjectName(project);
  if ((await findProject(env.DB, project)) !== null) return;
  throw new BetterBaseError('project/not-found', `There is no project \`${project}\` here.`, {
    hint: 'Deploy it with `bb deploy`.',
  });
}
