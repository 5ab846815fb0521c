import { resolve } from 'node:path';
import { AdminClient } from '../admin/admin-client.ts';
import { bundleApp } from '../bundle/app-bundler.ts';
import { explainError } from '../diagnostics/explain-error.ts';
import { AppSourceMap } from '../diagnostics/source-map.ts';
import { measureArtefact } from '../platform/artefact-size.ts';
import { formatChange } from '../terminal/schema-change.ts';
import { findApp } from '../workspace/app-folder.ts';
import { findTarget, type TargetFlags } from '../workspace/target.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface DeployOptions extends TargetFlags {
  readonly folder: string;
  readonly message?: string;
  readonly json?: boolean;
}

export async function deploy(options: DeployOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const { root } = await findApp(resolve(cwd, options.folder));
  const target = await findTarget(root, options, env);
  const { app, map } = await bundleApp(root);
  const startedAt = performance.now();
  const deployment = await new AdminClient(target)
    .deploy(app, options.message === undefined ? {} : { message: options.message })
    .catch((error: unknown) => {
      throw explainError(error, new AppSourceMap(map));
    });
  const milliseconds = Math.round(performance.now() - startedAt);
  if (options.json === true) {
    terminal.line(JSON.stringify({ deployment, milliseconds }));
    return 0;
  }
  const { colors } = terminal;
  const { gzip } = measureArtefact('app', app);
  terminal.line(
    `${colors.green('✔')} deployed ${deployment.id} to ${target.url}/p/${target.project} in ${milliseconds} ms (${(gzip / 1000).toFixed(1)} kB gzip)`,
  );
  for (const change of deployment.changes) terminal.line(`  ${formatChange(change, colors)}`);
  return 0;
}
