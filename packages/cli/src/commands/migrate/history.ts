import { resolve } from 'node:path';
import type { AppliedMigration, Deployment } from '@betterbase/protocol';
import { AdminClient } from '../../admin/admin-client.ts';
import { formatChange } from '../../terminal/schema-change.ts';
import type { Colors } from '../../terminal/terminal.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface HistoryOptions extends TargetFlags {
  readonly folder: string;
  readonly json?: boolean;
}

/** Deployments, newest first, with what they changed; and the migrations that have run. */
export async function history(options: HistoryOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const admin = new AdminClient(await findTarget(resolve(cwd, options.folder), options, env));
  const [deployments, migrations] = await Promise.all([admin.deployments(), admin.migrations()]);
  if (options.json === true) {
    terminal.line(JSON.stringify({ deployments, migrations }));
    return 0;
  }
  for (const deployment of deployments) {
    terminal.line(formatDeployment(deployment, terminal.colors));
    for (const change of deployment.changes) terminal.line(`    ${formatChange(change, terminal.colors)}`);
  }
  if (migrations.length > 0) terminal.line('\nMigrations:');
  for (const migration of migrations) terminal.line(formatMigration(migration));
  return 0;
}

function formatDeployment({ id, state, createdAt, by, milliseconds, message, error }: Deployment, colors: Colors): string {
  const parts = [time(createdAt), id, state.padEnd(8), ...(by === null ? [] : [by])];
  if (milliseconds !== null) parts.push(`${Math.round(milliseconds)} ms`);
  if (message !== null) parts.push(message);
  if (error !== null) parts.push(colors.red(error.code));
  return state === 'active' ? colors.bold(parts.join('  ')) : parts.join('  ');
}

function formatMigration({ name, table, at, documents, deployment }: AppliedMigration): string {
  return `${time(at)}  ${name}  ${table} (${documents} documents)  ${deployment}`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
