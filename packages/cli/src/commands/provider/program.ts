/** `bb provider …`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { CheckOptions } from './check.ts';
import type { InvalidateOptions } from './invalidate.ts';

export function addProvider(program: Command, launch: Launch): void {
  const provider = program.command('provider').description('where documents rest');
  withTarget(provider.command('check').argument('[folder]', 'the app', '.'))
    .description('open the database that betterbase.config.ts names: version, latency, what it can do')
    .addHelpText('after', examples('bb provider check', 'bb provider check --json'))
    .action((folder: string, options: Omit<CheckOptions, 'folder'>) =>
      launch(async (context) => (await import('./check.ts')).check({ folder, ...options }, context)),
    );
  withTarget(provider.command('invalidate'))
    .description('say that another program has written to the database: whoever watches hears of it at once')
    .addHelpText(
      'after',
      examples('bb provider invalidate', 'bb provider invalidate --url https://bb.example.com --key bb_live_… --project chat'),
    )
    .action((options: InvalidateOptions) => launch(async (context) => (await import('./invalidate.ts')).invalidate(options, context)));
}
