import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { BodyOf } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import { findTarget, type Target, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface AuthOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

type SettingsChange = BodyOf<'PATCH /admin/projects/:project/auth/settings'>;

export async function showSettings(options: AuthOptions, context: CommandContext): CommandResult {
  const { params, target } = await projectOf(options, context);
  const { settings } = await askAdmin(target, 'GET /admin/projects/:project/auth/settings', { params });
  if (options.json === true) context.terminal.line(JSON.stringify({ settings }));
  else for (const [name, value] of Object.entries(settings)) context.terminal.line(`${name} = ${JSON.stringify(value)}`);
  return 0;
}

export async function changeSettings(given: readonly string[], options: AuthOptions, context: CommandContext): CommandResult {
  const change = Object.fromEntries(given.map(parseSetting));
  const settings = await patchSettings(change, options, context);
  const done = Object.keys(change).map((name) => `${name} = ${JSON.stringify(settings[name])}`);
  context.terminal.line(options.json === true ? JSON.stringify({ settings }) : `${context.terminal.colors.green('✔')} ${done.join(', ')}`);
  return 0;
}

/** The server says what it does not take. */
export async function patchSettings(
  change: object,
  options: AuthOptions,
  context: CommandContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { params, target } = await projectOf(options, context);
  const body = change as SettingsChange;
  return (await askAdmin(target, 'PATCH /admin/projects/:project/auth/settings', { params, body })).settings;
}

export async function projectOf(
  options: AuthOptions,
  { cwd, env }: CommandContext,
): Promise<{ readonly target: Target; readonly params: { readonly project: string } }> {
  const target = await findTarget(resolve(cwd, options.app), options, env);
  return { target, params: { project: target.project } };
}

/** @throws BetterBaseError `usage/bad-option` */
function parseSetting(text: string): [name: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new BetterBaseError('usage/bad-option', `\`${text}\` is no setting.`, {
      hint: 'Write NAME=value, as in `bb auth set password_min_length=10`.',
    });
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (name.endsWith('_domains') || name === 'allowed_origins') return [name, value.split(',').filter((each) => each !== '')];
  if (/^(?:true|false|-?\d+)$|^[[{]/.test(value)) {
    try {
      return [name, JSON.parse(value)];
    } catch (cause) {
      throw new BetterBaseError('usage/bad-option', `The value of \`${name}\` is not JSON.`, {
        cause,
        hint: 'Mind the quotes of your shell.',
      });
    }
  }
  return [name, value];
}
