import type { BodyOf } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { type AuthOptions, projectOf } from './settings.ts';

export interface UsersOptions extends AuthOptions {
  readonly email?: string;
  readonly limit: number;
}

type UserChange = BodyOf<'PATCH /admin/projects/:project/auth/users/:id'>;

export async function listUsers({ email, limit, ...options }: UsersOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const { target, params } = await projectOf(options, context);
  const query = { limit, ...(email === undefined ? {} : { email }) };
  const { users } = await askAdmin(target, 'GET /admin/projects/:project/auth/users', { params, query });
  if (options.json === true) terminal.line(JSON.stringify({ users }));
  else if (users.length === 0) terminal.line('Nobody has signed up yet.');
  else
    for (const { id, name, email: address, role, banned } of users)
      terminal.line([id, address, name, role ?? '', banned ? terminal.colors.red('banned') : ''].join('  ').trimEnd());
  return 0;
}

export function ban(
  id: string,
  { reason, ...options }: AuthOptions & { readonly reason?: string },
  context: CommandContext,
): CommandResult {
  return change(id, { banned: true, ...(reason === undefined ? {} : { ban_reason: reason }) }, { options, context, done: 'banned' });
}

export function unban(id: string, options: AuthOptions, context: CommandContext): CommandResult {
  return change(id, { banned: false }, { options, context, done: 'let in again' });
}

export async function signOut(id: string, options: AuthOptions, context: CommandContext): CommandResult {
  const { target, params } = await projectOf(options, context);
  const { ended } = await askAdmin(target, 'DELETE /admin/projects/:project/auth/users/:id/sessions', { params: { ...params, id } });
  context.terminal.line(
    options.json === true ? JSON.stringify({ ended }) : `${context.terminal.colors.green('✔')} ended ${ended} sessions`,
  );
  return 0;
}

interface Told {
  readonly options: AuthOptions;
  readonly context: CommandContext;
  readonly done: string;
}

async function change(id: string, body: UserChange, { options, context, done }: Told): CommandResult {
  const { target, params } = await projectOf(options, context);
  const { user } = await askAdmin(target, 'PATCH /admin/projects/:project/auth/users/:id', { params: { ...params, id }, body });
  context.terminal.line(
    options.json === true ? JSON.stringify({ user }) : `${context.terminal.colors.green('✔')} ${user.email} is ${done}`,
  );
  return 0;
}
