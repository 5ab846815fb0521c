/** `bb account …`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { AccountOptions } from './account.ts';

export function addAccount(program: Command, launch: Launch): void {
  const account = program
    .command('account')
    .description('your own account on an installation')
    .addHelpText('after', examples('bb account password', 'bb account second-factor enable', 'bb account second-factor codes'));
  withApp(account.command('password').description('choose another password')).action((options: AccountOptions) =>
    launch(async (context) => (await import('./account.ts')).changePassword(options, context)),
  );
  const factor = account.command('second-factor').description('codes of an app, asked for beside the password');
  withApp(factor.command('status').description('print whether you have one')).action((options: AccountOptions) =>
    launch(async (context) => (await import('./account.ts')).showSecondFactor(options, context)),
  );
  withApp(factor.command('enable').description('set one up, and get backup codes')).action((options: AccountOptions) =>
    launch(async (context) => (await import('./account.ts')).enableSecondFactor(options, context)),
  );
  withApp(factor.command('disable').description('do without, with your password and a code')).action((options: AccountOptions) =>
    launch(async (context) => (await import('./account.ts')).disableSecondFactor(options, context)),
  );
  withApp(factor.command('codes').description('make new backup codes in place of those there were')).action((options: AccountOptions) =>
    launch(async (context) => (await import('./account.ts')).newBackupCodes(options, context)),
  );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
