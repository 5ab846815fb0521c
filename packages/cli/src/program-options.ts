/** What commands have in common on the command line. */
import type { Command } from 'commander';
import type { CommandContext } from './commands/command.ts';

/** Carries out a command; set by `main`, which knows what to do with its result. */
export type Launch = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

export function withTarget(command: Command): Command {
  return command
    .option('--url <url>', 'the server; default: the running `bb dev` (or BETTERBASE_URL)')
    .option('--key <key>', 'admin key of the server (or BETTERBASE_KEY, or `bb login`)')
    .option('--project <name>', 'the project (or BETTERBASE_PROJECT)')
    .option('--state <folder>', 'state folder of `bb dev`', '.betterbase')
    .option('--json', 'print results as JSON');
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
