/** `bb env`: the values that functions find in `process.env`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';
import { BetterBaseError } from '@betterbase/core';
import { AdminClient, type EnvironmentChange } from '../admin/admin-client.ts';
import { findTarget, type TargetFlags } from '../workspace/target.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface EnvOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export interface SetEnvOptions extends EnvOptions {
  readonly file?: string;
}

export async function listEnv(options: EnvOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const environment = await (await adminOf(options, context)).environment();
  if (options.json === true) terminal.line(JSON.stringify({ environment }));
  else if (environment.length === 0) terminal.line('No values are set. `bb env set NAME=value` sets one.');
  const width = Math.max(...environment.map(({ name }) => name.length));
  if (options.json !== true)
    for (const { name, updatedAt } of environment)
      terminal.line(`${name.padEnd(width)}  ${terminal.colors.dim(`set ${new Date(updatedAt).toISOString()}`)}`);
  return 0;
}

export async function setEnv(given: readonly string[], options: SetEnvOptions, context: CommandContext): CommandResult {
  const set = {
    ...(options.file === undefined ? {} : await readValues(resolve(context.cwd, options.file))),
    ...(await parseValues(given)),
  };
  if (Object.keys(set).length === 0)
    throw new BetterBaseError('usage/bad-option', 'There is nothing to set.', {
      hint: 'Name a value: `bb env set NAME=value`, or --file.',
    });
  return await change({ set }, `set ${Object.keys(set).join(', ')}`, options, context);
}

export function unsetEnv(names: readonly string[], options: EnvOptions, context: CommandContext): CommandResult {
  return change({ unset: [...names] }, `took away ${names.join(', ')}`, options, context);
}

async function change(wanted: EnvironmentChange, done: string, options: EnvOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const environment = await (await adminOf(options, context)).changeEnvironment(wanted);
  terminal.line(options.json === true ? JSON.stringify({ environment }) : `${terminal.colors.green('✔')} ${done}`);
  return 0;
}

async function adminOf(options: EnvOptions, { cwd, env }: CommandContext): Promise<AdminClient> {
  return new AdminClient(await findTarget(resolve(cwd, options.app), options, env));
}

/** `NAME=value` as it is written; for a name alone, what comes on standard input, so that no shell remembers it. */
async function parseValues(given: readonly string[]): Promise<Record<string, string>> {
  const bare = given.filter((each) => !each.includes('='));
  if (bare.length > 1)
    throw new BetterBaseError('usage/bad-option', `${bare.join(' and ')} have no value, and standard input has one only.`, {
      hint: 'Write NAME=value, or set one at a time.',
    });
  const values: Record<string, string> = {};
  for (const each of given) {
    const at = each.indexOf('=');
    if (at < 0) values[each] = (await text(process.stdin)).replace(/\r?\n$/, '');
    else values[each.slice(0, at)] = each.slice(at + 1);
  }
  return values;
}

async function readValues(path: string): Promise<Record<string, string>> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BetterBaseError('usage/bad-option', `${path} cannot be read.`, { hint: 'Check the path after --file.', cause });
  });
  return Object.fromEntries(Object.entries(parseEnv(content)).map(([name, value]) => [name, value ?? '']));
}
