/** `bb iac analyze`: runs queries on the server and shows how they read. */
import { resolve } from 'node:path';
import { BetterBaseError, type QueryAnalysis } from '@betterbase/core';
import { analyzePath } from '@betterbase/engine';
import type { FunctionManifest } from '@betterbase/protocol';
import { AdminClient } from '../../admin/admin-client.ts';
import { isRecord } from '../../json/is-record.ts';
import { parseJson } from '../../json/parse-json.ts';
import { printFailure } from '../../terminal/error-report.ts';
import { exitCodeFor } from '../../terminal/exit-code.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface AnalyzeOptions extends TargetFlags {
  readonly path: string | undefined;
  readonly args?: string;
  readonly sql?: string;
  readonly params?: string;
  readonly app: string;
  readonly json?: boolean;
}

/** What one query or statement came to. */
type Analyzed =
  | { readonly what: string; readonly analysis: QueryAnalysis }
  | { readonly what: string; readonly skipped: string }
  | { readonly what: string; readonly failed: string };

export async function analyze(options: AnalyzeOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const { path, sql, json = false } = options;
  const client = new AdminClient(await findTarget(resolve(cwd, options.app), options, env));
  if (path === undefined && sql === undefined) {
    print(await analyzeAll(client), terminal, json);
    return 0;
  }
  const question = sql === undefined ? { path, args: parseArgs(options.args) } : { sql, params: parseParams(options.params) };
  const outcome = await client.run(analyzePath, question);
  if (!outcome.ok) {
    printFailure(outcome.error, terminal, json);
    return exitCodeFor(outcome.error.code);
  }
  print([{ what: path ?? sql ?? '', analysis: parseAnalysis(outcome.value) }], terminal, json);
  return 0;
}

/** Every query that can be called with no arguments, one after the other. */
async function analyzeAll(client: AdminClient): Promise<Analyzed[]> {
  const analyzed: Analyzed[] = [];
  const { functions } = await client.functions();
  const read = await rowsReadLately(client);
  for (const each of functions.filter(({ kind }) => kind === 'query')) {
    const wanted = requiredArguments(each);
    if (wanted.length > 0) {
      const most = read.get(each.path);
      const lately = most === undefined ? '' : `; lately up to ${most} rows read`;
      analyzed.push({
        what: each.path,
        skipped: `needs ${wanted.map((name) => `\`${name}\``).join(', ')}: bb iac analyze ${each.path} '{…}'${lately}`,
      });
      continue;
    }
    const outcome = await client.run(analyzePath, { path: each.path, args: {} });
    analyzed.push(
      outcome.ok ? { what: each.path, analysis: parseAnalysis(outcome.value) } : { what: each.path, failed: outcome.error.message },
    );
  }
  return analyzed;
}

/** The most that a call of each function has read, as far as the log goes back. */
async function rowsReadLately(client: AdminClient): Promise<ReadonlyMap<string, number>> {
  const most = new Map<string, number>();
  for await (const { path, rowsRead } of client.logs()) most.set(path, Math.max(rowsRead, most.get(path) ?? 0));
  return most;
}

function requiredArguments({ args }: FunctionManifest): string[] {
  if (args?.type !== 'object') return [];
  return Object.entries(args.value).flatMap(([name, { optional }]) => (optional ? [] : [name]));
}

function print(all: readonly Analyzed[], terminal: Terminal, json: boolean): void {
  if (json) {
    terminal.line(JSON.stringify(all));
    return;
  }
  for (const each of all) for (const line of linesOf(each, terminal)) terminal.line(line);
  const suggested = [...new Set(all.flatMap((each) => ('analysis' in each ? each.analysis.suggestedIndexes : [])))];
  if (suggested.length === 0) return;
  terminal.line('');
  terminal.line('For schema.ts:');
  for (const line of suggested) terminal.line(`  ${line}`);
}

function linesOf(each: Analyzed, { colors }: Terminal): string[] {
  if ('skipped' in each) return [`${each.what}  ${colors.dim(each.skipped)}`];
  if ('failed' in each) return [`${each.what}  ${colors.red(each.failed)}`];
  const { plan, rowsRead, rowsReturned, watches, isSlow } = each.analysis;
  const mark = isSlow ? colors.yellow('slow') : colors.green('ok');
  const watched = watches.map(({ table, by }) =>
    by === 'table' ? `any write to ${table}` : by === 'range' ? `the range of ${table}` : `a document of ${table}`,
  );
  return [
    `${each.what}  ${mark}  ${rowsRead} rows read, ${rowsReturned} wanted`,
    ...plan.map((step) => `  ${step}`),
    ...(watched.length === 0 ? [] : [`  Runs again for ${watched.join(', ')}.`]),
  ];
}

/** The server is ours: what it says of a query has the shape that it says things in. */
function parseAnalysis(value: unknown): QueryAnalysis {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : null;
  if (isRecord(parsed) && Array.isArray(parsed['plan'])) return parsed as unknown as QueryAnalysis;
  throw new BetterBaseError('connection/lost', 'The server does not understand this question.', { hint: 'Is it an older version?' });
}

function parseArgs(text = '{}'): Record<string, unknown> {
  const args = parseJson(text);
  if (isRecord(args)) return args;
  throw new BetterBaseError('usage/bad-option', `The arguments are no JSON object: ${text}`, {
    hint: `Put them in single quotes, like '{"text":"Hello"}'.`,
  });
}

function parseParams(text = '[]'): readonly unknown[] {
  const params = parseJson(text);
  if (Array.isArray(params)) return params;
  throw new BetterBaseError('usage/bad-option', `The parameters are no JSON array: ${text}`, { hint: `Like '["ada", 3]'.` });
}
