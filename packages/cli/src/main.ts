/** The `bb` process: parses the command line, runs the command, and turns what happened into an exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { createProgram, type Launch } from './program.ts';
import { exitCodes, exitCodeFor } from './terminal/exit-code.ts';
import { processTerminal } from './terminal/terminal.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
const terminal = processTerminal();
const wantsJson = process.argv.includes('--json');

const launch: Launch = async (command) => {
  process.exitCode = await command({ terminal, cwd: process.cwd(), env: process.env }).catch(report);
};

try {
  await createProgram(version, launch).parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed it already: help and version end well, the rest is wrong usage.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}

async function report(error: unknown): Promise<number> {
  // Loaded now, because a command that ends well need not pay for it.
  const { isBetterBaseError } = await import('@betterbase/core');
  const { failureAsJson, formatFailure, toFailure } = await import('./terminal/error-report.ts');
  const failure = toFailure(error);
  const debugged = process.argv.includes('--debug') && error instanceof Error ? { ...failure, stack: error.stack ?? '' } : failure;
  if (wantsJson) terminal.line(failureAsJson(debugged));
  else terminal.problem(formatFailure(debugged, terminal.colors));
  return exitCodeFor(isBetterBaseError(error) ? error : null);
}
