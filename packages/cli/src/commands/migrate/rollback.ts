import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { Deployment } from '@betterbase/protocol';
import { AdminClient } from '../../admin/admin-client.ts';
import { type ConsentOptions, deployWithConsent } from '../../deploy/consent.ts';
import { watchProgress } from '../../deploy/progress.ts';
import { deployer } from '../../deploy/send-app.ts';
import { formatChange } from '../../terminal/schema-change.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface RollbackOptions extends TargetFlags, ConsentOptions {
  /** A deployment's id; absent: by `steps`. */
  readonly deployment?: string | undefined;
  /** How many deployments that served to go back. */
  readonly steps: number;
  readonly folder: string;
}

/** Deploys the code of an earlier deployment again, with the same checks. */
export async function rollback(options: RollbackOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const admin = new AdminClient(await findTarget(resolve(cwd, options.folder), options, env));
  const to = options.deployment ?? (await stepsBack(admin, options.steps));
  const startedAt = performance.now();
  const send = (consent: string | null): Promise<Deployment> =>
    watchProgress(admin.rollback({ to, by: deployer(), ...(consent === null ? {} : { consent }) }), admin, options, terminal);
  const deployment = await deployWithConsent(send, options, terminal);
  const milliseconds = Math.round(performance.now() - startedAt);
  if (options.json === true) terminal.line(JSON.stringify({ deployment, milliseconds }));
  else {
    terminal.line(`${terminal.colors.green('✔')} rolled back to ${to} as ${deployment.id} in ${milliseconds} ms`);
    for (const change of deployment.changes) terminal.line(`  ${formatChange(change, terminal.colors)}`);
  }
  return 0;
}

async function stepsBack(admin: AdminClient, steps: number): Promise<string> {
  const earlier = (await admin.deployments()).filter(({ state }) => state === 'replaced');
  const target = earlier[steps - 1];
  if (target !== undefined) return target.id;
  throw new BetterBaseError('deployment/not-found', `There are ${earlier.length} earlier deployments, and ${steps} steps were asked for.`, {
    hint: 'See them with `bb migrate history`.',
  });
}
