import { resolve } from 'node:path';
import { bundleApp } from '../bundle/app-bundler.ts';
import { formatSizes, measureArtefact } from '../platform/artefact-size.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface BuildCommandOptions {
  readonly folder: string;
  readonly json?: boolean;
}

export async function build(options: BuildCommandOptions, { terminal, cwd }: CommandContext): CommandResult {
  const { app, parts } = await bundleApp(resolve(cwd, options.folder));
  const size = measureArtefact('app bundle', app);
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
