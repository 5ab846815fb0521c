import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { AdminClient, type PolicyAnswer } from '../../admin/admin-client.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { recordOf } from './record-option.ts';

export interface TestOptions extends TargetFlags {
  readonly table: string;
  readonly app: string;
  /** A user's id. */
  readonly as?: string;
  /** JSON of a token's claims. */
  readonly claims?: string;
  /** JSON of a row. */
  readonly insert?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const operations = ['select', 'update', 'delete'] as const;
type Access = NonNullable<PolicyAnswer['insert']>;

/** Asks the server what somebody may do with the rows that are there, and why not. Changes nothing. */
export async function test(options: TestOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const client = new AdminClient(await findTarget(resolve(cwd, options.app), options, env));
  const claims = claimsOf(options);
  const insert = options.insert === undefined ? null : recordOf(options.insert, '--insert');
  const answer = await client.testPolicies({ table: options.table, claims, limit: limitOf(options.limit), insert });
  if (options.json === true) terminal.line(JSON.stringify(answer));
  else
    for (const line of linesOf(answer, { table: options.table, as: claims === null ? 'nobody signed in' : claims.sub }, terminal))
      terminal.line(line);
  return 0;
}

function claimsOf({ as, claims }: TestOptions): { readonly sub: string; readonly [claim: string]: unknown } | null {
  const given = claims === undefined ? {} : recordOf(claims, '--claims');
  const sub = as ?? given['sub'];
  if (sub === undefined && claims === undefined) return null;
  if (typeof sub === 'string') return { ...given, sub };
  throw new BetterBaseError('usage/bad-option', 'The claims do not say whose they are.', {
    hint: `Add --as <user>, or write '{"sub": "ada"}'.`,
  });
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1_000) return limit;
  throw new BetterBaseError('usage/bad-option', '--limit is a number from 0 to 1000.');
}

function linesOf(
  { rows, insert }: PolicyAnswer,
  { table, as }: { readonly table: string; readonly as: string },
  { colors }: Terminal,
): string[] {
  const seen = rows.filter(({ select }) => select.allowed);
  const mark = ({ allowed }: Access): string => (allowed ? colors.green('✔') : colors.red('✘'));
  const why = (operation: string, { allowed, reasons }: Access): string[] => {
    if (allowed) return [];
    if (reasons.length === 0) return [`      ${operation}: ${colors.dim('no policy names it')}`];
    const failed = reasons.filter(({ holds }) => holds !== true);
    return failed.map(({ file, rule, text, holds }) => {
      const outcome = holds === null ? 'is not known (something in it is null)' : 'does not hold';
      return `      ${operation}: ${colors.dim(`${file}, ${rule}:`)} ${text.replaceAll(/\s+/g, ' ').trim()} ${colors.dim(outcome)}`;
    });
  };
  return [
    `${table} as ${as}: sees ${seen.length} of ${rows.length} rows`,
    ...rows.flatMap(({ row, ...access }) => [
      `  ${operations.map((operation) => `${mark(access[operation])} ${operation}`).join('  ')}  ${colors.dim(shown(row))}`,
      ...operations.flatMap((operation) => why(operation, access[operation])),
    ]),
    ...(insert === null ? [] : [`  ${mark(insert)} insert`, ...why('insert', insert)]),
  ];
}

function shown(row: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(row);
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
