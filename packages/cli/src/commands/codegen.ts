import { join, relative, resolve } from 'node:path';
import { bundleApp } from '../bundle/app-bundler.ts';
import { writeContextFile } from '../codegen/context-file.ts';
import { readManifest } from '../codegen/read-manifest.ts';
import { writeGenerated } from '../codegen/write-generated.ts';
import { findApp } from '../workspace/app-folder.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface CodegenOptions {
  readonly folder: string;
  readonly json?: boolean;
}

export async function codegen(options: CodegenOptions, { terminal, cwd }: CommandContext): CommandResult {
  const app = await findApp(resolve(cwd, options.folder));
  // Types first: they help to mend code that does not load yet.
  const changed = [...(await writeGenerated(app))].map((name) => join(relative(app.root, app.generated), name));
  const { app: bundle } = await bundleApp(app.root);
  if (await writeContextFile(app, await readManifest(bundle))) changed.push('.betterbase-context.json');
  if (options.json === true) terminal.line(JSON.stringify({ changed }));
  else if (changed.length === 0) terminal.line('Generated files are up to date.');
  else for (const file of changed) terminal.line(`${terminal.colors.green('wrote')} ${file}`);
  return 0;
}
