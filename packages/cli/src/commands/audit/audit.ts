import { resolve } from 'node:path';
import { type AuditEntry, ControlClient } from '../../admin/control-client.ts';
import type { Colors } from '../../terminal/terminal.ts';
import { findInstallation, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface AuditOptions extends TargetFlags {
  readonly app: string;
  readonly action?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
  readonly offset: string;
  readonly json?: boolean;
}

export async function audit(options: AuditOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const control = new ControlClient(await findInstallation(resolve(cwd, options.app), options, env));
  const { action, actor, from, to, project, limit, offset } = options;
  const asked = Object.entries({ action, actor, from, to, project, limit, offset });
  const page = await control.audit(Object.fromEntries(asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))));
  if (options.json === true) terminal.line(JSON.stringify(page));
  else if (page.logs.length === 0) terminal.line('Nothing like that was done.');
  else for (const entry of page.logs) terminal.line(formatEntry(entry, terminal.colors));
  return 0;
}

function formatEntry({ at, actor_name, action, project, outcome, address, before_data, after_data }: AuditEntry, colors: Colors): string {
  const parts = [new Date(at).toISOString().slice(0, 19).replace('T', ' '), actor_name, action, project ?? 'installation'];
  if (outcome !== 'done') parts.push(colors.red(outcome));
  const told = [before_data, after_data].filter((data) => data !== null).map((data) => JSON.stringify(data));
  if (told.length > 0) parts.push(told.join(' → '));
  return `${parts.join('  ')}${address === null ? '' : `  ${colors.dim(address)}`}`;
}
