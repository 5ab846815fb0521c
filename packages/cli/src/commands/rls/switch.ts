import { rename } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BetterBaseError, isPolicy } from '@betterbase/core';
import { allPolicyFiles, isPrivate } from '../../bundle/read-policies.ts';
import { findApp } from '../../workspace/app-folder.ts';
import { importDefault } from '../../workspace/import-default.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface SwitchOptions {
  readonly table: string;
  readonly app: string;
  readonly json?: boolean;
}

/** Takes the policies of a table out of what is deployed: files whose names begin with `_` do not count. */
export async function disable(options: SwitchOptions, context: CommandContext): CommandResult {
  await renameFiles(options, context, { isOff: false, newName: (name) => `_${name}` });
  if (options.json !== true)
    context.terminal.line(
      `Deployed like that, asUser() shows nothing of \`${options.table}\` and takes nothing. \`bb rls enable ${options.table}\` takes it back.`,
    );
  return 0;
}

export async function enable(options: SwitchOptions, context: CommandContext): CommandResult {
  await renameFiles(options, context, { isOff: true, newName: (name) => name.slice(1) });
  return 0;
}

interface Renaming {
  /** Which files are meant. */
  readonly isOff: boolean;
  readonly newName: (name: string) => string;
}

async function renameFiles({ table, app: folder, json }: SwitchOptions, { terminal, cwd }: CommandContext, { isOff, newName }: Renaming) {
  const app = await findApp(resolve(cwd, folder));
  const renamed: { from: string; to: string }[] = [];
  for (const file of await allPolicyFiles(app)) {
    if (isPrivate(file) !== isOff) continue;
    const policy = await importDefault(file);
    if (!isPolicy(policy) || policy.table !== table) continue;
    const to = join(dirname(file), newName(basename(file)));
    await rename(file, to);
    renamed.push({ from: relative(app.root, file), to: relative(app.root, to) });
  }
  if (renamed.length === 0)
    throw new BetterBaseError('usage/bad-option', `No policy of \`${table}\` is ${isOff ? 'disabled' : 'there'}.`, {
      hint: '`bb rls list` shows the policies that there are.',
    });
  if (json === true) terminal.line(JSON.stringify({ renamed }));
  else for (const each of renamed) terminal.line(`${terminal.colors.green('renamed')} ${each.from} to ${basename(each.to)}`);
}
