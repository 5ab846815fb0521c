/** `bb settings …`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { SettingsOptions } from './settings.ts';

export function addSettings(program: Command, launch: Launch): void {
  const settings = program
    .command('settings')
    .description('settings of the installation')
    .addHelpText(
      'after',
      examples('bb settings list', 'bb settings set log_retention_days=90', 'bb settings set cors_origins=https://app.example.com'),
    );
  withApp(settings.command('list').description('print every setting with its value')).action((options: SettingsOptions) =>
    launch(async (context) => (await import('./settings.ts')).listSettings(options, context)),
  );
  withApp(settings.command('health').description('print whether the installation and its database answer, and how soon')).action(
    (options: SettingsOptions) => launch(async (context) => (await import('./settings.ts')).showHealth(options, context)),
  );
  withApp(settings.command('set').argument('<settings...>', 'name=value; lists have commas'))
    .description('change settings; they count within seconds')
    .action((pairs: string[], options: SettingsOptions) =>
      launch(async (context) => (await import('./settings.ts')).setSettings(pairs, options, context)),
    );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
