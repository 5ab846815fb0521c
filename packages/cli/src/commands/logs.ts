import { resolve } from 'node:path';
import { AdminClient } from '../admin/admin-client.ts';
import { formatCall } from '../terminal/call-line.ts';
import { readSourceMap } from '../workspace/bundle-store.ts';
import { defaultStateFolder } from '../workspace/dev-state.ts';
import { findTarget, type TargetFlags } from '../workspace/target.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface LogsOptions extends TargetFlags {
  readonly folder: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

export async function logs(options: LogsOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const root = resolve(cwd, options.folder);
  const target = await findTarget(root, options, env);
  const sources = await readSourceMap(resolve(root, options.state ?? defaultStateFolder));
  for await (const call of new AdminClient(target).logs({ follow: options.follow === true })) {
    terminal.line(options.json === true ? JSON.stringify(call) : formatCall(call, terminal.colors, sources));
  }
  return 0;
}
