import { resolve } from 'node:path';
import { embeddedProvider } from '@betterbase/core';
import { sendProvider } from '@betterbase/core/config';
import type { DatabaseCapability, DatabaseReport, DocumentsReport, ProviderReport } from '@betterbase/protocol';
import { AdminClient } from '../../admin/admin-client.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findApp } from '../../workspace/app-folder.ts';
import { readConfig } from '../../workspace/read-config.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface CheckOptions extends TargetFlags {
  readonly folder: string;
  readonly json?: boolean;
}

/** Asks the server to open the database that betterbase.config.ts names. Ends with 1 if the app could not be deployed with it. */
export async function check(options: CheckOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const app = await findApp(resolve(cwd, options.folder));
  const target = await findTarget(app.root, options, env);
  const config = await readConfig(app);
  const provider = target.provider ?? (config === null ? embeddedProvider : sendProvider(config.provider));
  const report = await new AdminClient(target).checkProvider(provider);
  if (options.json === true) terminal.line(JSON.stringify(report));
  else printReport(report, terminal);
  return report.isAvailable && canHoldTables(report.database) && isWhole(report.database) ? 0 : 1;
}

function canHoldTables(database: DatabaseReport | null): boolean {
  return database === null || database.capabilities.every(({ name, isThere }) => name !== 'tables' || isThere);
}

/** A lost trigger is put back by itself. */
function isWhole(database: DatabaseReport | null): boolean {
  return database?.documents?.missing.every(({ what }) => what === 'trigger') ?? true;
}

function printReport({ type, isAvailable, database }: ProviderReport, terminal: Terminal): void {
  const { colors } = terminal;
  if (database === null) terminal.line(`${colors.green('✔')} ${type}: documents rest in the project itself, nothing to connect to`);
  else printDatabase(type, database, terminal);
  if (!isAvailable)
    terminal.problem(`${colors.yellow('!')} this server does not keep documents in ${type}: a deployment with it is refused`);
}

function printDatabase(type: string, { dialect, version, latency, capabilities, documents }: DatabaseReport, terminal: Terminal): void {
  const { colors } = terminal;
  const product = `${dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'}${version === null ? '' : ` ${version}`}`;
  terminal.line(`${colors.green('✔')} ${type}: ${product}, ${latency.later} ms a request (the first ${latency.first} ms)`);
  for (const capability of capabilities) terminal.line(formatCapability(capability, colors));
  if (documents !== null) printDocuments(documents, terminal);
}

function printDocuments({ missing, refused }: DocumentsReport, terminal: Terminal): void {
  const { colors } = terminal;
  if (refused > 0)
    terminal.problem(
      `${colors.yellow('!')} ${refused} ${refused === 1 ? 'row' : 'rows'} that other programs wrote cannot be documents: SELECT * FROM _bb_refused says why`,
    );
  for (const { table, what, name, sql } of missing) {
    terminal.problem(`${colors.red('✖')} ${what === 'table' ? `the table ${table}` : `the ${what} ${name} of ${table}`} is missing`);
    for (const text of sql) terminal.problem(`    ${text};`);
  }
}

function formatCapability({ name, isThere, note }: DatabaseCapability, colors: Terminal['colors']): string {
  const answer = isThere ? colors.green('yes') : colors.yellow('no ');
  return `  ${name.padEnd(10)} ${answer}${note === null ? '' : `  ${colors.dim(note)}`}`;
}
