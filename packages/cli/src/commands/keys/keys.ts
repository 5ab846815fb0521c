import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { isPermission, type Permission, type Role } from '@betterbase/protocol/admin';
import { ControlClient, type CreatedKey, type RevokedKey, type ShownKey } from '../../admin/control-client.ts';
import type { Colors } from '../../terminal/terminal.ts';
import { findInstallation, findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface KeysOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export interface CreateKeyOptions extends KeysOptions {
  readonly name: string;
  readonly role: Role;
  /** With commas between them. */
  readonly scopes?: string;
  /** A date, or days. */
  readonly expires?: string;
}

export async function listKeys(options: KeysOptions & { readonly all?: boolean }, context: CommandContext): CommandResult {
  const { terminal } = context;
  const all = await (await controlOf(options, context)).keys();
  const keys = all.filter(
    (key) => (options.all === true || key.revoked_at === null) && (options.project === undefined || key.project === options.project),
  );
  if (options.json === true) terminal.line(JSON.stringify({ keys }));
  else if (keys.length === 0) terminal.line('There are no keys. `bb keys create <name>` makes one.');
  else for (const key of keys) terminal.line(formatKey(key, terminal.colors));
  return 0;
}

export async function createKey({ name, role, scopes, expires, ...options }: CreateKeyOptions, context: CommandContext): CommandResult {
  const created = await (await controlOf(options, context)).createKey({
    name,
    role,
    ...(scopes === undefined ? {} : { scopes: scopes.split(',').map(parseScope) }),
    ...(options.project === undefined ? {} : { project: options.project }),
    ...(expires === undefined ? {} : { expires_at: parseExpiry(expires, Date.now()) }),
  });
  tell(created, options, context);
  return 0;
}

/** With the keys that it made; of one that was revoked before, named by its id, only those. */
export async function revokeKey(
  id: string,
  options: KeysOptions & { readonly keepMade?: boolean },
  context: CommandContext,
): CommandResult {
  const { terminal } = context;
  const control = await controlOf(options, context);
  const key = await findOne(control, id);
  const ended = await control.revokeKey(key.id, options.keepMade === true);
  if (options.json === true) terminal.line(JSON.stringify({ revoked: key.id, ...ended }));
  else terminal.line([`${terminal.colors.green('✔')} revoked ${key.prefix}… (${key.name})`, ...endedLines(key, ended)].join('\n'));
  return 0;
}

function endedLines(key: ShownKey | null, { revoked_keys, kept_keys, seen_keys }: Omit<RevokedKey, 'success'>): readonly string[] {
  return [
    ...revoked_keys.filter(({ id }) => id !== key?.id).map(({ prefix, name }) => `  revoked ${prefix}… (${name}), which was made with it`),
    ...kept_keys.map(({ prefix, name }) => `  kept ${prefix}… (${name}), which was made with it`),
    ...seen_keys.map(({ kind, project }) => `  it has made a key that goes on: bb keys rotate ${kind} --project ${project}`),
  ];
}

/** The keys that the one before it made end with that one. */
export async function rotateKey(
  kind: string,
  options: KeysOptions & { readonly keepMade?: boolean },
  context: CommandContext,
): CommandResult {
  const target = await findTarget(resolve(context.cwd, options.app), options, context.env);
  const { api_key, key, ...ended } = await new ControlClient(target).rotateKey(target.project, kind, options.keepMade === true);
  if (options.json === true) {
    context.terminal.line(JSON.stringify({ api_key, key, ...ended }));
    return 0;
  }
  tell({ api_key, key }, options, context);
  for (const line of endedLines(null, { ...ended, seen_keys: [] })) context.terminal.line(line);
  return 0;
}

function tell({ api_key, key }: CreatedKey, options: KeysOptions, { terminal }: CommandContext): void {
  if (options.json === true) return terminal.line(JSON.stringify({ api_key, key }));
  terminal.line(formatKey(api_key, terminal.colors));
  terminal.line(`\n  ${terminal.colors.bold(key)}\n\nKeep it now: it is not shown again.`);
}

async function findOne(control: ControlClient, text: string): Promise<ShownKey> {
  const keys = (await control.keys()).filter((key) => key.revoked_at === null || key.id === text);
  const found = keys.filter(
    ({ id, prefix }) => id === text || (text.length >= prefix.length && text.startsWith(prefix)) || prefix === text,
  );
  const [key] = found;
  if (key !== undefined && found.length === 1) return key;
  throw new BetterBaseError('key/not-found', found.length === 0 ? `There is no key "${text}".` : `"${text}" begins more than one key.`, {
    hint: '`bb keys list` shows their ids.',
  });
}

async function controlOf(options: KeysOptions, { cwd, env }: CommandContext): Promise<ControlClient> {
  return new ControlClient(await findInstallation(resolve(cwd, options.app), options, env));
}

/** @throws BetterBaseError `usage/bad-option` */
function parseScope(text: string): Permission {
  const scope = text.trim();
  if (isPermission(scope)) return scope;
  throw new BetterBaseError('usage/bad-option', `"${scope}" is no permission.`, {
    hint: 'Permissions are like logs_view and functions_edit.',
  });
}

/** `30d`, or whatever `Date` reads. @throws BetterBaseError `usage/bad-option` */
function parseExpiry(text: string, now: number): string {
  const days = /^(\d+)d$/.exec(text)?.[1];
  const time = days === undefined ? new Date(text) : new Date(now + Number(days) * 86_400_000);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new BetterBaseError('usage/bad-option', `"${text}" is no time.`, { hint: 'Write a date like 2030-01-31, or days like 30d.' });
}

function formatKey({ id, prefix, name, role, kind, project, expires_at, last_used_at, revoked_at }: ShownKey, colors: Colors): string {
  const parts = [`${prefix}…`, name, role ?? kind, project ?? 'all projects'];
  if (expires_at !== null) parts.push(`until ${day(expires_at)}`);
  parts.push(last_used_at === null ? 'never used' : `last used ${day(last_used_at)}`);
  if (revoked_at !== null) parts.push(colors.red(`revoked ${day(revoked_at)}`));
  return `${parts.join('  ')}  ${colors.dim(id)}`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
