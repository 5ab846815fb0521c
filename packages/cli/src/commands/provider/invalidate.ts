import { resolve } from 'node:path';
import { AdminClient } from '../../admin/admin-client.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface InvalidateOptions extends TargetFlags {
  readonly json?: boolean;
}

/** Says to the server that another program has written to the project's database. When it answers, all who watch have been told. */
export async function invalidate(options: InvalidateOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const found = await new AdminClient(await findTarget(resolve(cwd), options, env)).invalidate();
  const { changed, refused } = found;
  if (options.json === true) {
    terminal.line(JSON.stringify(found));
    return 0;
  }
  const { colors } = terminal;
  terminal.line(
    `${colors.green('✔')} ${changed === 0 ? 'nothing new' : `${changed} ${changed === 1 ? 'document' : 'documents'} changed by others`}`,
  );
  if (refused > 0)
    terminal.problem(
      `${colors.yellow('!')} ${refused} ${refused === 1 ? 'row' : 'rows'} taken back: they cannot be documents. The table _bb_refused says why`,
    );
  return 0;
}
