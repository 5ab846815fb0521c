/** The admin API of keys: the installation's, and each project's own three. */
import { BetterBaseError } from '@betterbase/core';
import { type AnswerOf, permissions, permissionsOf, roles } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry } from '../../access/audit.ts';
import { keyResource, rememberedKey } from '../../access/audited-key.ts';
import { endKey, unlessRevoked } from '../../access/end-key.ts';
import { knownKeys } from '../../access/find-principal.ts';
import { addKey, type ApiKeyRow, type ListedKey, listKeys, readKey, retireKeys } from '../../access/key-store.ts';
import { createKey } from '../../access/key-text.ts';
import { allowedTo, assertHas, assertMay, grantedTo, may, onlyProjectOf, type Principal, reachOf } from '../../access/principal.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { assertProject } from '../../project-list.ts';
import { serve } from './serve.ts';

export const projectKeyKinds = ['publishable', 'secret', 'admin'] as const;
export type ProjectKeyKind = (typeof projectKeyKinds)[number];

export function keyRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/whoami', ({ var: { principal } }) => {
    const { id, name, kind, mustEnrol } = principal;
    const grants = principal.grants.map(({ project, permissions: each }) => ({ project, permissions: [...each] }));
    return { principal: { id, name, kind, grants, must_enrol: mustEnrol === true } };
  });
  serve(routes, 'GET /admin/roles', () => ({
    roles: roles.map((name) => ({ id: `role_${name}`, name, permissions: [...permissionsOf(name)] })),
  }));
  serve(routes, 'GET /admin/permissions', () => ({ permissions: permissions.map((id) => ({ id })) }));
  serve(routes, 'GET /admin/api-keys', async ({ env, var: { principal } }) => ({
    api_keys: (await listKeys(env.DB, reachOf(principal, 'team_view'))).map(shownKey),
  }));
  serve(routes, 'POST /admin/api-keys', (context, { body }) => createApiKey(context, body));
  serve(routes, 'DELETE /admin/api-keys/:id', (context, { query }) => revokeApiKey(context, query));
  serve(routes, 'GET /admin/projects/:project/keys', async ({ env, req }) => {
    const keys = await listKeys(env.DB, [req.param('project') ?? '']);
    return { keys: keys.filter(({ revokedAt, kind }) => revokedAt === null && kind !== 'live').map(shownKey) };
  });
  serve(routes, 'POST /admin/projects/:project/keys/:kind/rotate', (context, { query }) => rotateProjectKey(context, query));
  return routes;
}

type KeyOrder = ParsedRequest<'POST /admin/api-keys'>['body'];
type CreatedKey = AnswerOf<'POST /admin/api-keys'>;

async function createApiKey(context: GatewayContext, order: KeyOrder): Promise<CreatedKey> {
  const { principal } = context.var;
  const project = order.project ?? onlyProjectOf(principal);
  const scopes = order.scopes.length === 0 ? null : order.scopes;
  const beyond = order.scopes.filter((scope) => !permissionsOf(order.role).has(scope));
  if (beyond.length > 0)
    throw new BetterBaseError('http/bad-body', `The role ${order.role} has no ${beyond.join(', ')}.`, {
      hint: 'Scopes narrow a role. `GET /admin/roles` lists what each has.',
    });
  assertMay(principal, 'team_create', project);
  assertHas(principal, grantedTo(order.role, scopes), project);
  if (project !== null) await assertProject(context.env.DB, project);
  const now = Date.now();
  const expiresAt = order.expires_at === null ? null : new Date(order.expires_at).getTime();
  if (expiresAt !== null && expiresAt <= now)
    throw new BetterBaseError('http/bad-body', '`expires_at` has passed.', { hint: 'Name a time to come, or leave it out.' });
  const maker = principal.kind === 'key' ? await readKey(context.env.DB, principal.id) : null;
  const { key, ...kept } = await createKey('live');
  const row: ApiKeyRow = {
    ...unused(principal, now),
    ...kept,
    kind: 'live',
    project,
    name: order.name,
    role: order.role,
    scopes,
    expiresAt: earlier(expiresAt, maker),
  };
  const database = drizzle(context.env.DB);
  const writes = [addKey(database, row), addEntry(database, context, { ...keyResource(row), after: rememberedKey(row) })] as const;
  if (maker === null) await database.batch(writes);
  else await unlessRevoked(context.env.DB, maker, writes);
  return { api_key: shownKey(row), key };
}

type Revocation = ParsedRequest<'DELETE /admin/api-keys/:id'>['query'];

async function revokeApiKey(context: GatewayContext, { keep_made }: Revocation): Promise<AnswerOf<'DELETE /admin/api-keys/:id'>> {
  const {
    env,
    var: { principal },
  } = context;
  const id = context.req.param('id') ?? '';
  const row = await readKey(env.DB, id);
  // Who may do nothing in a project is not told which keys it has.
  if (row === null || !may(principal, 'team_delete', row.project))
    throw new BetterBaseError('key/not-found', `There is no key \`${id.slice(0, 80)}\`.`, { hint: '`bb keys list` shows them.' });
  assertHas(principal, allowedTo(row), row.project);
  const { revoked, kept, seen } = await endKey(context, row, keep_made === 'true');
  return { success: true, revoked_keys: revoked.map(shownKey), kept_keys: kept.map(shownKey), seen_keys: seen.map(shownKey) };
}

type RotatedKey = AnswerOf<'POST /admin/projects/:project/keys/:kind/rotate'>;

/** A new key of this kind; the one before it opens nothing any more, nor do the keys that it made. */
async function rotateProjectKey(context: GatewayContext, { keep_made }: Revocation): Promise<RotatedKey> {
  const {
    env,
    var: { principal },
  } = context;
  const project = context.req.param('project') ?? '';
  const kind = projectKeyKinds.find((each) => each === context.req.param('kind'));
  if (kind === undefined)
    throw new BetterBaseError('key/not-found', 'A project has no key of this kind.', { hint: `Kinds are ${projectKeyKinds.join(', ')}.` });
  await assertProject(context.env.DB, project);
  const now = Date.now();
  const { row, key } = await projectKey({ project, kind, by: principal, now });
  assertHas(principal, allowedTo(row), project);
  const before = (await listKeys(env.DB, [project])).filter((each) => each.kind === kind && each.revokedAt === null);
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { ...keyResource(row), after: rememberedKey(row) });
  await database.batch([retireKeys(database, project, kind, now), addKey(database, row), entry]);
  knownKeys.forget();
  const ended = [];
  for (const each of before) ended.push(await endKey(context, { ...each, revokedAt: now }, keep_made === 'true'));
  return {
    api_key: shownKey(row),
    key,
    revoked_keys: ended.flatMap(({ revoked }) => revoked.map(shownKey)),
    kept_keys: ended.flatMap(({ kept }) => kept.map(shownKey)),
  };
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

/** When a key ends that is to end then: with whoever makes it at the latest. */
function earlier(wanted: number | null, maker: ListedKey | null): number | null {
  const last = maker?.expiresAt ?? null;
  return wanted === null || last === null ? (wanted ?? last) : Math.min(wanted, last);
}

function unused(
  { id, adminId }: Principal,
  now: number,
): Pick<ApiKeyRow, 'id' | 'createdBy' | 'adminId' | 'createdAt' | 'lastUsedAt' | 'revokedAt'> {
  return { id: crypto.randomUUID(), createdBy: id, adminId, createdAt: now, lastUsedAt: null, revokedAt: null };
}

export function shownKey(key: ListedKey): CreatedKey['api_key'] {
  const { id, kind, project, name, role, scopes, prefix, createdBy, adminId, createdAt, expiresAt, lastUsedAt, revokedAt } = key;
  return {
    id,
    kind,
    project,
    name,
    role,
    scopes: [...(scopes ?? [])],
    prefix,
    created_by: createdBy,
    admin_id: adminId,
    created_at: createdAt,
    expires_at: expiresAt,
    last_used_at: lastUsedAt,
    revoked_at: revokedAt,
  };
}
