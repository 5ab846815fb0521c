/** `bb admins …`: who administers an installation. */
import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf, Role } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import { findInstallation, type Installation, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface AdminsOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export interface RoleOptions extends AdminsOptions {
  readonly role: Role;
}

type ListedAdmin = AnswerOf<'GET /admin/users'>['users'][number];

export async function listAdmins(options: AdminsOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  const [{ users }, { invitations }] = await Promise.all([
    askAdmin(installation, 'GET /admin/users'),
    askAdmin(installation, 'GET /admin/invitations'),
  ]);
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify({ users, invitations }));
  else {
    for (const { email, assignments, second_factor } of users)
      terminal.line([email, ...assignments.map(rolePlace), ...(second_factor ? ['second factor'] : [])].join('  '));
    for (const { id, email, role, project } of invitations)
      terminal.line(`${email}  ${rolePlace({ role, project })}  invited  ${terminal.colors.dim(id)}`);
    if (users.length + invitations.length === 0) terminal.line('There are no admins.');
  }
  return 0;
}

export async function inviteAdmin(email: string, options: RoleOptions, context: CommandContext): CommandResult {
  const { role, project } = options;
  const body = { email, role, ...(project === undefined ? {} : { project }) };
  const invited = await askAdmin(await installationOf(options, context), 'POST /admin/invitations', { body });
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify(invited));
  else
    terminal.line(
      `${email} becomes ${rolePlace(invited.invitation)} with this link, once, within seven days${invited.mailed ? ', which was mailed, too' : ''}:\n\n  ${terminal.colors.bold(invited.link)}`,
    );
  return 0;
}

/** An admin, or somebody who is only invited. */
export async function removeAdmin(
  email: string,
  options: AdminsOptions & { readonly keepKeys?: boolean },
  context: CommandContext,
): CommandResult {
  const installation = await installationOf(options, context);
  const { invitations } = await askAdmin(installation, 'GET /admin/invitations');
  const open = invitations.filter((invitation) => invitation.email === email.toLowerCase());
  for (const { id } of open) await askAdmin(installation, 'DELETE /admin/invitations/:id', { params: { id } });
  if (open.length > 0) {
    tell(context, options, { removed: email }, `${email} is not invited any more`);
    return 0;
  }
  const { id } = await findAdmin(installation, email);
  const query = options.keepKeys === true ? { keep_keys: 'true' as const } : {};
  const left = await askAdmin(installation, 'DELETE /admin/users/:id', { params: { id }, query });
  tell(context, options, { removed: email, ...left }, [`${email} is no admin any more`, ...leftLines(left)].join('\n'));
  return 0;
}

type Left = AnswerOf<'DELETE /admin/users/:id'>;

function leftLines({ revoked_keys, kept_keys, seen_keys, withdrawn_invitations }: Left): readonly string[] {
  return [
    ...revoked_keys.map(({ prefix, name }) => `  revoked ${prefix}… (${name})`),
    ...kept_keys.map(({ prefix, name }) => `  kept ${prefix}… (${name}): it is yours now`),
    ...withdrawn_invitations.map(({ email, ...invited }) => `  withdrawn: ${email}, ${rolePlace(invited)}`),
    ...seen_keys.map(({ kind, project }) => `  they have seen a key that goes on: bb keys rotate ${kind} --project ${project}`),
  ];
}

/** For somebody who has forgotten the password, or lost what makes their codes. */
export async function resetAdmin(
  email: string,
  options: AdminsOptions & { readonly secondFactor?: boolean },
  context: CommandContext,
): CommandResult {
  const installation = await installationOf(options, context);
  const params = { id: (await findAdmin(installation, email)).id };
  if (options.secondFactor === true) {
    await askAdmin(installation, 'DELETE /admin/users/:id/second-factor', { params });
    tell(context, options, { reset: email }, `no codes are asked of ${email} any more, and their sessions have ended`);
    return 0;
  }
  const made = await askAdmin(installation, 'POST /admin/users/:id/reset', { params });
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify(made));
  else terminal.line(`${email} chooses another password with this link, once, within an hour:\n\n  ${terminal.colors.bold(made.link)}`);
  return 0;
}

export async function grantRole(email: string, options: RoleOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  const { id } = await findAdmin(installation, email);
  const { role, project } = options;
  const body = { admin_id: id, role, ...(project === undefined ? {} : { project }) };
  const { assignment } = await askAdmin(installation, 'POST /admin/roles/assignments', { body });
  tell(context, options, { assignment }, `${email} is ${rolePlace(assignment)}`);
  return 0;
}

export async function revokeRole(email: string, options: RoleOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  const { role, project = null } = options;
  const { assignments } = await findAdmin(installation, email);
  const assignment = assignments.find((each) => each.role === role && each.project === project);
  if (assignment === undefined)
    throw new BetterBaseError('admin/not-found', `${email} is not ${rolePlace({ role, project })}.`, {
      hint: '`bb admins list` shows roles.',
    });
  await askAdmin(installation, 'DELETE /admin/roles/assignments/:id', { params: { id: assignment.id } });
  tell(context, options, { revoked: assignment }, `${email} is not ${rolePlace(assignment)} any more`);
  return 0;
}

async function findAdmin(installation: Installation, email: string): Promise<ListedAdmin> {
  const { users } = await askAdmin(installation, 'GET /admin/users');
  const admin = users.find((each) => each.email === email.toLowerCase());
  if (admin !== undefined) return admin;
  throw new BetterBaseError('admin/not-found', `There is no admin ${email}.`, { hint: '`bb admins list` shows them.' });
}

function tell({ terminal }: CommandContext, { json }: AdminsOptions, data: object, text: string): void {
  terminal.line(json === true ? JSON.stringify(data) : `${terminal.colors.green('✔')} ${text}`);
}

function rolePlace({ role, project }: { readonly role: string; readonly project: string | null }): string {
  return `${role} ${project === null ? 'everywhere' : `of ${project}`}`;
}

function installationOf(options: AdminsOptions, { cwd, env }: CommandContext): Promise<Installation> {
  return findInstallation(resolve(cwd, options.app), options, env);
}
