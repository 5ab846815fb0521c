import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { ImportMode, ImportSummary } from '@betterbase/engine';
import type { Format } from '../../move/formats.ts';
import { MoveClient } from '../../move/move-client.ts';
import { Progress } from '../../move/progress.ts';
import { sendTable } from '../../move/send-table.ts';
import { openSources, type Sources } from '../../move/table-sources.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface ImportOptions extends TargetFlags {
  readonly path: string;
  readonly app: string;
  readonly table?: readonly string[];
  readonly format?: Format;
  readonly append?: boolean;
  readonly upsert?: boolean;
  readonly replace?: boolean;
  readonly batched?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function importData(options: ImportOptions, context: CommandContext): CommandResult {
  const mode = modeOf(options);
  if (options.batched === true && options.dryRun === true)
    throw new BetterBaseError('usage/bad-option', 'What commits as it goes cannot be tried first.', { hint: 'Leave out --batched.' });
  const target = await findTarget(resolve(context.cwd, options.app), options, context.env);
  const sources = await openSources(options.path === '-' ? '-' : resolve(context.cwd, options.path), options);
  const progress = new Progress(context.terminal, options.json === true);
  try {
    const { tables } = await runImport(new MoveClient(target), sources, { mode, ...options }, progress);
    const done = options.dryRun === true ? 'tried' : 'imported';
    const text = tables.map((each) => `${each.table}: ${describe(each)}`).join('\n');
    progress.end(
      done,
      { tables, left: sources.left },
      `${text}\n${done === 'tried' ? 'Could be imported' : 'Imported'} ${progress.documents} documents`,
    );
    for (const what of options.json === true ? [] : sources.left) context.terminal.problem(`Not imported: ${what}.`);
    return 0;
  } finally {
    await sources.close();
  }
}

/** Nothing stays behind when it fails, unless it is batched. */
export async function runImport(
  client: MoveClient,
  sources: Pick<Sources, 'tables'>,
  { mode, batched = false, dryRun = false }: Pick<ImportOptions, 'batched' | 'dryRun'> & { readonly mode: ImportMode },
  progress: Progress,
): Promise<ImportSummary> {
  const targets = sources.tables.map(({ table, number }) => ({ table, mode, ...(number === null ? {} : { number }) }));
  const { import: id, tables } = await client.beginImport(targets, batched);
  try {
    for (const source of sources.tables) {
      const schema = tables.find(({ table }) => table === source.table)?.document ?? { type: 'any' };
      await sendTable(client, id, source, schema, progress);
    }
    const summary = await client.finishImport(id, dryRun);
    if (dryRun) await client.dropImport(id);
    return summary;
  } catch (failure) {
    // If this does not get through either, the server forgets what is staged by itself.
    await client.dropImport(id).catch(() => undefined);
    throw failure;
  }
}

function modeOf({ append, upsert, replace }: ImportOptions): ImportMode {
  const said = (['append', 'upsert', 'replace'] as const).filter((_, position) => [append, upsert, replace][position] === true);
  if (said.length > 1) throw new BetterBaseError('usage/bad-option', `--${said.join(' and --')} exclude each other.`);
  return said[0] ?? 'empty';
}

function describe({ inserted, replaced, deleted }: ImportSummary['tables'][number]): string {
  return [`${inserted} new`, ...(replaced > 0 ? [`${replaced} replaced`] : []), ...(deleted > 0 ? [`${deleted} removed`] : [])].join(', ');
}
