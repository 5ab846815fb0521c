/** `bb audit`: name, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { AuditOptions } from './audit.ts';

export function addAudit(program: Command, launch: Launch): void {
  withTarget(program.command('audit').description('print who changed what in the installation and its projects, newest first'))
    .option('--action <name>', 'only this, like function.deploy')
    .option('--actor <id>', 'only what this key did')
    .option('--from <time>', 'since a date')
    .option('--to <time>', 'until a date')
    .option('--limit <number>', 'how many, at most 200', '50')
    .option('--offset <number>', 'how many to pass over', '0')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .addHelpText('after', examples('bb audit', 'bb audit --action api_key.create --json', 'bb audit --project my-app --from 2026-01-01'))
    .action((options: AuditOptions) => launch(async (context) => (await import('./audit.ts')).audit(options, context)));
}
