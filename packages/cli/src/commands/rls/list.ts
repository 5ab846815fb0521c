import { resolve } from 'node:path';
import { type AuditedRefusals, policyRules } from '@betterbase/core';
import type { PolicyManifest } from '@betterbase/protocol';
import { AdminClient } from '../../admin/admin-client.ts';
import { openRowsWarning } from '../../terminal/open-rows.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { readAppPolicies } from './app-policies.ts';

export interface ListOptions extends TargetFlags {
  readonly app: string;
  readonly deployed?: boolean;
  readonly json?: boolean;
}

interface TablePolicies {
  readonly table: string;
  readonly policies: readonly PolicyManifest[];
}

interface Listed {
  readonly enforced: boolean;
  readonly auditLog: AuditedRefusals;
  readonly tables: readonly TablePolicies[];
}

/** Every table, and what its policies allow: those of the app's folder, or with `deployed` those that the server goes by. */
export async function list(options: ListOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const folder = resolve(cwd, options.app);
  const listed: Listed =
    options.deployed === true ? await new AdminClient(await findTarget(folder, options, env)).policies() : await readLocal(folder);
  const { enforced, auditLog, tables } = listed;
  if (options.json === true) {
    terminal.line(JSON.stringify({ enforced, auditLog, tables }));
    return 0;
  }
  if (!enforced) terminal.line(openRowsWarning(terminal.colors));
  if (tables.length === 0) terminal.line('The schema has no tables.');
  else for (const table of tables) for (const line of linesOf(table, enforced, terminal)) terminal.line(line);
  return 0;
}

async function readLocal(folder: string): Promise<Listed> {
  const { schema, policies, rls } = await readAppPolicies(folder);
  const tables = schema.tables.map(({ name }) => ({
    table: name,
    policies: policies
      .filter(({ table }) => table === name)
      .map(({ file, table, rules }) => ({
        file,
        table,
        rules: Object.fromEntries(Object.entries(rules).map(([rule, { text }]) => [rule, text])),
      })),
  }));
  return { enforced: rls.enabled, auditLog: rls.auditLog, tables };
}

function linesOf({ table, policies }: TablePolicies, enforced: boolean, { colors }: Terminal): string[] {
  if (policies.length === 0)
    return [`${table}  ${colors.dim(enforced ? 'no policy: asUser() shows nothing of it and takes nothing' : 'no policy')}`];
  return policies.flatMap(({ file, rules }) => [
    `${table}  ${colors.dim(file)}`,
    ...policyRules.flatMap((rule) => {
      const text = rules[rule];
      return text === undefined ? [] : [`  ${rule.padEnd(9)} ${text.replaceAll(/\s+/g, ' ').trim()}`];
    }),
  ]);
}
