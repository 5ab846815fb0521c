import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BetterBaseError, embeddedProvider } from '@betterbase/core';
import { sendProvider } from '@betterbase/core/config';
import { bundleApp } from '../../bundle/app-bundler.ts';
import { readManifest } from '../../codegen/read-manifest.ts';
import { writeIfChanged } from '../../codegen/write-generated.ts';
import { kitFor } from '../../drizzle-kit/kit-config.ts';
import { kitHeader, kitSchema } from '../../drizzle-kit/kit-schema.ts';
import { findApp } from '../../workspace/app-folder.ts';
import { namedProviders, parseProviderName } from '../../workspace/named-provider.ts';
import { readConfig } from '../../workspace/read-config.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface DrizzleOptions {
  readonly folder: string;
  readonly out: string;
  readonly provider?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Writes what drizzle-kit needs to look at the project's database. */
export async function drizzle(options: DrizzleOptions, { terminal, cwd }: CommandContext): CommandResult {
  const app = await findApp(resolve(cwd, options.folder));
  const config = await readConfig(app);
  const configured = config === null ? embeddedProvider : sendProvider(config.provider);
  const provider = options.provider === undefined ? configured : namedProviders[parseProviderName(options.provider)];
  const schemaFile = `${options.out}/betterbase.ts`;
  const { tables } = (await readManifest((await bundleApp(app.root)).app)).schema;
  const kit = kitFor(provider, { schema: schemaFile, out: options.out, tables: tables.map(({ name }) => name) });
  const files = new Map([
    ['drizzle.config.ts', `${kitHeader}${kit.config}`],
    [schemaFile, kitSchema(tables, kit.schema)],
  ]);
  const written: string[] = [];
  for (const [name, text] of files) {
    const path = join(app.root, name);
    if (options.force !== true) await requireOurs(path, name);
    await mkdir(dirname(path), { recursive: true });
    if (await writeIfChanged(path, text)) written.push(name);
  }
  if (options.json === true) terminal.line(JSON.stringify({ written, variables: kit.variables }));
  else {
    for (const name of written) terminal.line(`${terminal.colors.green('wrote')} ${name}`);
    if (written.length === 0) terminal.line('What drizzle-kit needs is up to date.');
    if (kit.variables.length > 0) terminal.line(`drizzle-kit finds the database by ${kit.variables.join(', ')}.`);
  }
  return 0;
}

/** @throws BetterBaseError `usage/bad-option` for a file that somebody else has written */
async function requireOurs(path: string, name: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => kitHeader);
  if (current.startsWith(kitHeader)) return;
  throw new BetterBaseError('usage/bad-option', `${name} is there already, and not from \`bb iac drizzle\`.`, {
    hint: 'Move it away, name another folder with --out, or write over it with --force.',
  });
}
