import { resolve } from 'node:path';
import { AdminClient } from '../../admin/admin-client.ts';
import { bundleApp } from '../../bundle/app-bundler.ts';
import { type PrintPlanOptions, printPlan } from '../../deploy/print-plan.ts';
import { explainError } from '../../diagnostics/explain-error.ts';
import { AppSourceMap } from '../../diagnostics/source-map.ts';
import { findApp } from '../../workspace/app-folder.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface PreviewOptions extends TargetFlags, PrintPlanOptions {
  readonly folder: string;
}

/** What deploying the app would do to the data. Changes nothing. */
export async function preview(options: PreviewOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const { root } = await findApp(resolve(cwd, options.folder));
  const target = await findTarget(root, options, env);
  const { app, provider, map } = await bundleApp(root, target.provider);
  const plan = await new AdminClient(target).preview({ app, provider }).catch((error: unknown) => {
    throw explainError(error, new AppSourceMap(map));
  });
  return printPlan(plan, options, terminal);
}
