/** `bb settings`: what the installation is told to do. */
import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { type BodyOf, defaultSettings } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import { findInstallation, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface SettingsOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

type Change = BodyOf<'PATCH /admin/instance'>;

export async function listSettings(options: SettingsOptions, context: CommandContext): CommandResult {
  const { terminal, cwd, env } = context;
  const { settings } = await askAdmin(await findInstallation(resolve(cwd, options.app), options, env), 'GET /admin/instance');
  print(settings, options, context);
  if (options.json !== true)
    terminal.line(terminal.colors.dim('\nChange one with `bb settings set name=value`; lists have commas, `null` takes a value away.'));
  return 0;
}

export async function showHealth(options: SettingsOptions, context: CommandContext): CommandResult {
  const { terminal, cwd, env } = context;
  const { health } = await askAdmin(await findInstallation(resolve(cwd, options.app), options, env), 'GET /admin/instance/health');
  const { database, server } = health;
  if (options.json === true) terminal.line(JSON.stringify({ health }));
  else {
    terminal.line(`database  ${database.status}  ${database.latency_ms} ms`);
    terminal.line(`server    ${server.status}  up ${server.uptime_seconds} s`);
  }
  return database.status === 'ok' ? 0 : 1;
}

export async function setSettings(pairs: readonly string[], options: SettingsOptions, context: CommandContext): CommandResult {
  const { cwd, env } = context;
  const body: Change = Object.fromEntries(pairs.map(parsePair));
  const { settings } = await askAdmin(await findInstallation(resolve(cwd, options.app), options, env), 'PATCH /admin/instance', { body });
  print(Object.fromEntries(Object.entries(settings).filter(([name]) => name in body)), options, context);
  return 0;
}

function print(settings: object, { json }: SettingsOptions, { terminal }: CommandContext): void {
  if (json === true) return terminal.line(JSON.stringify({ settings }));
  for (const [name, value] of Object.entries(settings)) terminal.line(`${name}=${Array.isArray(value) ? value.join(',') : value}`);
}

/** What is good for a setting, the server says. @throws BetterBaseError `usage/bad-option` */
function parsePair(pair: string): readonly [string, unknown] {
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(at, 0));
  const known: Readonly<Record<string, unknown>> = { ...defaultSettings };
  if (!Object.hasOwn(known, name))
    throw new BetterBaseError('usage/bad-option', `"${pair}" is no setting with a value.`, {
      hint: `Settings are ${Object.keys(known).join(', ')}.`,
    });
  const text = pair.slice(at + 1);
  if (Array.isArray(known[name])) return [name, text === '' ? [] : text.split(',').map((each) => each.trim())];
  if (text === 'null') return [name, null];
  if (typeof known[name] === 'boolean' && (text === 'true' || text === 'false')) return [name, text === 'true'];
  return [name, /^\d+$/.test(text) ? Number(text) : text];
}
