import { resolve } from 'node:path';
import { type SendOptions, sendApp } from '../deploy/send-app.ts';
import { measureArtefact } from '../platform/artefact-size.ts';
import { openRowsWarning } from '../terminal/open-rows.ts';
import { formatChange } from '../terminal/schema-change.ts';
import { findApp } from '../workspace/app-folder.ts';
import { findTarget, type TargetFlags } from '../workspace/target.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface DeployOptions extends TargetFlags, SendOptions {
  readonly folder: string;
}

export async function deploy(options: DeployOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const { root } = await findApp(resolve(cwd, options.folder));
  const target = await findTarget(root, options, env);
  const { deployment, bundle, milliseconds } = await sendApp(root, target, options, terminal);
  if (options.json === true) {
    terminal.line(JSON.stringify({ deployment, milliseconds }));
    return 0;
  }
  const { colors } = terminal;
  const { gzip } = measureArtefact('app', bundle.app);
  terminal.line(
    `${colors.green('✔')} deployed ${deployment.id} to ${target.url}/p/${target.project} in ${milliseconds} ms (${(gzip / 1000).toFixed(1)} kB gzip)`,
  );
  if (!bundle.rls.enabled) terminal.line(openRowsWarning(colors));
  for (const change of deployment.changes) terminal.line(`  ${formatChange(change, colors)}`);
  return 0;
}
