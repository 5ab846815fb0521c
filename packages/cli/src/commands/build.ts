import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { bundleApp } from '../bundle/app-bundler.ts';
import { formatSizes, measureArtefact } from '../platform/artefact-size.ts';
import { findApp } from '../workspace/app-folder.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface BuildCommandOptions {
  readonly folder: string;
  /** Where a Worker with the app compiled in goes, seen from the app. */
  readonly static?: string;
  readonly json?: boolean;
}

export async function build(options: BuildCommandOptions, { terminal, cwd }: CommandContext): CommandResult {
  const { root } = await findApp(resolve(cwd, options.folder));
  const { app, provider, parts } = await bundleApp(root);
  const size = measureArtefact('app bundle', app);
  if (options.static !== undefined && provider.type !== 'embedded') throw notCompiledIn(provider.type);
  if (options.static !== undefined) return buildStatic(app, resolve(root, options.static), options, terminal);
  if (options.json === true) {
    terminal.line(JSON.stringify({ raw: size.raw, gzip: size.gzip, files: parts }));
    return 0;
  }
  terminal.line(formatSizes([size]));
  terminal.line('');
  for (const { file, bytes } of parts.slice(0, 20)) terminal.line(`${String(bytes).padStart(9)}  ${file}`);
  if (parts.length > 20) terminal.line(`           and ${parts.length - 20} more files`);
  return 0;
}

async function buildStatic(
  app: string,
  outdir: string,
  { json }: BuildCommandOptions,
  terminal: CommandContext['terminal'],
): CommandResult {
  const { buildStaticPlatform } = await import('../platform/build-static.ts');
  const { workerPath, size } = await buildStaticPlatform({ app, outdir });
  if (json === true) terminal.line(JSON.stringify({ worker: workerPath, raw: size.raw, gzip: size.gzip }));
  else terminal.line(`${formatSizes([size])}\n\n${workerPath}`);
  return 0;
}

function notCompiledIn(provider: string): BetterBaseError {
  return new BetterBaseError('provider/not-available', `An app that is compiled in cannot keep its documents in ${provider}.`, {
    hint: "Set provider: { type: 'embedded' } in betterbase.config.ts, or deploy the app to a platform that loads it.",
  });
}
