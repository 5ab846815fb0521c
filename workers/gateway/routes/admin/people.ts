/** The admin API of who administers: admins, invitations, roles. */
import { BetterBaseError } from '@betterbase/core';
import { type AnswerOf, permissionsOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry } from '../../access/audit.ts';
import { knownKeys } from '../../access/find-principal.ts';
import { createSecret } from '../../access/key-text.ts';
import { assertHas, assertMay, may, onlyProjectOf, reachOf } from '../../access/principal.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import * as store from '../../people/admin-store.ts';
import { addInvitation, dropInvitation, type InvitationRow, listInvitations, readInvitation } from '../../people/invitation-store.ts';
import { knownAdmin, lesserAdmin } from '../../people/known-admin.ts';
import { isOwnership, unlessLastOwner } from '../../people/ownership.ts';
import { makeResetLink } from '../../people/reset-password.ts';
import { removeAdmin } from '../../people/remove-admin.ts';
import { listEnrolled } from '../../people/second-factor-store.ts';
import { assertProject } from '../../project-list.ts';
import { bringsMail, sendMail } from '../../settings/mail.ts';
import { publicUrlOf } from '../../settings/public-url.ts';
import { settingsOf } from '../../settings/read-settings.ts';
import { shownKey } from './keys.ts';
import { serve } from './serve.ts';

const invitationLife = 7 * 24 * 60 * 60 * 1000;

export function peopleRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/users', showAdmins);
  serve(routes, 'DELETE /admin/users/:id', (context, { query }) => remove(context, query));
  serve(routes, 'POST /admin/users/:id/reset', async (context) => {
    return await makeResetLink(context, await lesserAdmin(context, context.req.param('id') ?? ''));
  });
  serve(routes, 'GET /admin/invitations', async ({ env, var: { principal } }) => {
    const open = await listInvitations(env.DB, Date.now());
    return { invitations: open.filter(({ project }) => may(principal, 'team_view', project)).map(shownInvitation) };
  });
  serve(routes, 'POST /admin/invitations', (context, { body }) => invite(context, body));
  serve(routes, 'DELETE /admin/invitations/:id', uninvite);
  serve(routes, 'GET /admin/roles/assignments', async ({ env, var: { principal } }) => {
    const { assigned } = await store.listAdmins(env.DB);
    return { assignments: assigned.filter(({ project }) => may(principal, 'team_view', project)).map(shownAssignment) };
  });
  serve(routes, 'POST /admin/roles/assignments', (context, { body }) => assign(context, body));
  serve(routes, 'DELETE /admin/roles/assignments/:id', unassign);
  return routes;
}

/** Those who have something to do with what the caller may look at. */
async function showAdmins({ env, var: { principal } }: GatewayContext): Promise<AnswerOf<'GET /admin/users'>> {
  const [{ people, assigned }, enrolled] = await Promise.all([store.listAdmins(env.DB), listEnrolled(env.DB)]);
  const isEverywhere = reachOf(principal, 'team_view') === null;
  const users = people.map(({ id, email, name, createdAt }) => {
    const assignments = assigned.filter(({ adminId, project }) => adminId === id && may(principal, 'team_view', project));
    return {
      id,
      email,
      name,
      created_at: Date.parse(createdAt),
      second_factor: enrolled.has(id),
      assignments: assignments.map(shownAssignment),
    };
  });
  return { users: users.filter(({ assignments }) => isEverywhere || assignments.length > 0) };
}

type Removal = ParsedRequest<'DELETE /admin/users/:id'>['query'];

async function remove(context: GatewayContext, { keep_keys }: Removal): Promise<AnswerOf<'DELETE /admin/users/:id'>> {
  const admin = await knownAdmin(context, context.req.param('id') ?? '');
  const { revoked, kept, seen, withdrawn } = await removeAdmin(context, admin, keep_keys === 'true');
  return {
    success: true,
    revoked_keys: revoked.map(shownKey),
    kept_keys: kept.map(shownKey),
    seen_keys: seen.map(shownKey),
    withdrawn_invitations: withdrawn.map(shownInvitation),
  };
}

type InvitationOrder = ParsedRequest<'POST /admin/invitations'>['body'];

async function invite(context: GatewayContext, order: InvitationOrder): Promise<AnswerOf<'POST /admin/invitations'>> {
  const {
    env,
    var: { principal },
  } = context;
  const { email, role } = order;
  const project = order.project ?? onlyProjectOf(principal);
  assertMay(principal, 'team_create', project);
  assertHas(principal, permissionsOf(role), project);
  if (project !== null) await assertProject(env.DB, project);
  await assertInvitable(context, email);
  const now = Date.now();
  const expiresAt = order.expires_at === undefined ? now + invitationLife : new Date(order.expires_at).getTime();
  if (expiresAt <= now)
    throw new BetterBaseError('http/bad-body', '`expires_at` has passed.', { hint: 'Name a time to come, or leave it out.' });
  const { key: token, digest } = await createSecret('bb_invite_');
  const row: InvitationRow = { id: crypto.randomUUID(), digest, email, role, project, createdBy: principal.id, createdAt: now, expiresAt };
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { resourceType: 'invitation', resourceId: row.id, project, after: { email, role, expiresAt } });
  await database.batch([addInvitation(database, row), entry]);
  const link = `${await publicUrlOf(context)}/join?token=${token}`;
  return { invitation: shownInvitation(row), link, mailed: await mailInvitation(context, { email, link }) };
}

/** Whoever invites has the link, too: mail that nobody takes is no reason not to invite. */
async function mailInvitation(
  context: GatewayContext,
  { email, link }: { readonly email: string; readonly link: string },
): Promise<boolean> {
  const { env } = context;
  if (!(await bringsMail(env))) return false;
  const { instance_name: name } = await settingsOf(env);
  const text = `You are invited to administer ${name}:\n\n${link}\n\nThe link is good once. If you do not know why you got it, do nothing.`;
  return await sendMail(context, { kind: 'invitation', to: email, subject: `You are invited to ${name}`, text }).then(
    () => true,
    () => false,
  );
}

async function assertInvitable({ env }: GatewayContext, email: string): Promise<void> {
  const { invite_domains: domains } = await settingsOf(env);
  if (domains.length > 0 && !domains.includes(email.slice(email.lastIndexOf('@') + 1)))
    throw new BetterBaseError('auth/forbidden', 'Addresses of this domain are not invited here.', {
      hint: 'The setting `invite_domains` says which are.',
    });
  if ((await store.findAdminByEmail(env.DB, email)) !== null)
    throw new BetterBaseError('admin/exists', 'There is an admin with this address already.', {
      hint: 'Give them a role instead: `bb admins grant`.',
    });
}

async function uninvite(context: GatewayContext) {
  const {
    env,
    var: { principal },
  } = context;
  const invitation = await readInvitation(env.DB, context.req.param('id') ?? '');
  if (invitation === null || !may(principal, 'team_delete', invitation.project))
    throw new BetterBaseError('admin/not-found', 'There is no such invitation.', { hint: '`bb admins invitations` shows them.' });
  const { id, email, role, project } = invitation;
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { resourceType: 'invitation', resourceId: id, project, before: { email, role } });
  await database.batch([dropInvitation(database, id), entry]);
  return { success: true } as const;
}

type AssignmentOrder = ParsedRequest<'POST /admin/roles/assignments'>['body'];

async function assign(context: GatewayContext, order: AssignmentOrder): Promise<AnswerOf<'POST /admin/roles/assignments'>> {
  const {
    env,
    var: { principal },
  } = context;
  const { role } = order;
  const project = order.project ?? onlyProjectOf(principal);
  assertMay(principal, 'team_edit', project);
  assertHas(principal, permissionsOf(role), project);
  const { id: adminId, email } = await knownAdmin(context, order.admin_id);
  if (project !== null) await assertProject(env.DB, project);
  const row = { id: crypto.randomUUID(), adminId, role, project, createdBy: principal.id, createdAt: Date.now() };
  if (await store.hasAssignment(env.DB, row))
    throw new BetterBaseError('admin/exists', 'This admin has this role there already.', { hint: '`bb admins list` shows roles.' });
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { resourceType: 'role', resourceId: row.id, project, after: { email, role } });
  await database.batch([store.addAssignment(database, row), entry]);
  knownKeys.forget();
  return { assignment: shownAssignment(row) };
}

async function unassign(context: GatewayContext) {
  const {
    env,
    var: { principal },
  } = context;
  const assignment = await store.readAssignment(env.DB, context.req.param('id') ?? '');
  if (assignment === null || !may(principal, 'team_edit', assignment.project))
    throw new BetterBaseError('admin/not-found', 'There is no such role.', { hint: '`bb admins list` shows them.' });
  const { id, adminId, role, project } = assignment;
  assertHas(principal, permissionsOf(role), project);
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { resourceType: 'role', resourceId: id, project, before: { adminId, role } });
  const writes = [store.dropAssignment(database, id), entry] as const;
  if (isOwnership(assignment)) await unlessLastOwner(env.DB, adminId, writes);
  else await database.batch(writes);
  knownKeys.forget();
  return { success: true } as const;
}

function shownAssignment({ id, adminId, role, project, createdBy, createdAt }: store.AssignmentRow) {
  return { id, admin_id: adminId, role, project, created_by: createdBy, created_at: createdAt };
}

function shownInvitation({ id, email, role, project, createdBy, createdAt, expiresAt }: InvitationRow) {
  return { id, email, role, project, created_by: createdBy, created_at: createdAt, expires_at: expiresAt };
}
