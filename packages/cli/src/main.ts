/** The `bb` process: parses the command line, runs the command, and turns what happened into an exit code. */
import { CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { createProgram } from './program.ts';
import type { Launch } from './program-options.ts';
import { processTerminal } from './terminal/terminal.ts';

const terminal = processTerminal();

const launch: Launch = async (command) => {
  process.exitCode = await command({ terminal, cwd: process.cwd(), env: process.env }).catch(report);
};

endWithLauncher();
endWithReader();
try {
  await createProgram(manifest.version, launch).parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed it already: help and version end well, the rest is wrong usage.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

async function report(error: unknown): Promise<number> {
  // Loaded only now: a command that ends well need not wait for it.
  const [{ isBetterBaseError }, { exitCodeFor }, { printFailure, toFailure }] = await Promise.all([
    import('@betterbase/core'),
    import('./terminal/exit-code.ts'),
    import('./terminal/error-report.ts'),
  ]);
  const failure = toFailure(error);
  const stack = process.argv.includes('--debug') && error instanceof Error ? error.stack : undefined;
  printFailure(stack === undefined ? failure : { ...failure, stack }, terminal, process.argv.includes('--json'));
  return exitCodeFor(isBetterBaseError(error) ? error.code : null);
}

/** On an old Node this process was started by `bin/bb.js`; when that is killed, nobody would end this one. */
function endWithLauncher(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

/** Who reads the results may want no more of them, as `head` does. A command that serves ends as it does when it is asked to. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.kill(process.pid, 'SIGTERM');
  });
}
