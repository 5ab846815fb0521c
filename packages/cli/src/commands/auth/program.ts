/** `bb auth …`: names, options and examples. */
import { type Command, Option } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { ProviderOptions } from './add-provider.ts';
import type { AuthOptions } from './settings.ts';
import type { UsersOptions } from './users.ts';

const providers = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'];

export function addAuth(program: Command, launch: Launch): void {
  const auth = program
    .command('auth')
    .description('the project’s users, and how they sign in')
    .addHelpText(
      'after',
      examples('bb auth setup', 'bb auth set magic_link_enabled=true', 'bb auth add-provider google', 'bb auth users', 'bb auth ban <id>'),
    );
  auth
    .command('setup')
    .argument('[folder]', 'the app', '.')
    .description('give the app a table of its users and a client that signs them in')
    .action((folder: string) => launch(async (context) => (await import('./setup.ts')).setup(folder, context)));
  withApp(auth.command('settings').description('how people may sign in')).action((options: AuthOptions) =>
    launch(async (context) => (await import('./settings.ts')).showSettings(options, context)),
  );
  withApp(auth.command('set').argument('<settings...>', 'NAME=value; lists with commas between, objects as JSON'))
    .description('change how people may sign in, at once')
    .action((given: string[], options: AuthOptions) =>
      launch(async (context) => (await import('./settings.ts')).changeSettings(given, options, context)),
    );
  withApp(auth.command('add-provider').argument('<provider>', `${providers.join(', ')}, or a name of your own with --issuer`))
    .description('let people sign in with an issuer')
    .option('--issuer <url>', 'of an issuer of your own, which speaks OpenID Connect')
    .option('--client-id <id>', 'what the issuer calls the app')
    .option('--client-secret <secret>', 'the app’s secret there')
    .action((provider: string, options: ProviderOptions) =>
      launch(async (context) => (await import('./add-provider.ts')).addProvider(provider, options, context)),
    );
  withApp(auth.command('users').description('the users'))
    .option('--email <address>', 'the one with this address')
    .addOption(new Option('--limit <count>', 'how many').default(100).argParser(Number))
    .action((options: UsersOptions) => launch(async (context) => (await import('./users.ts')).listUsers(options, context)));
  withApp(auth.command('ban').argument('<id>', 'of the user'))
    .description('send a user away, and let them in no more')
    .option('--reason <text>', 'why')
    .action((id: string, options: AuthOptions & { readonly reason?: string }) =>
      launch(async (context) => (await import('./users.ts')).ban(id, options, context)),
    );
  withApp(auth.command('unban').argument('<id>', 'of the user').description('let a user in again')).action(
    (id: string, options: AuthOptions) => launch(async (context) => (await import('./users.ts')).unban(id, options, context)),
  );
  withApp(auth.command('sign-out').argument('<id>', 'of the user').description('sign a user out everywhere')).action(
    (id: string, options: AuthOptions) => launch(async (context) => (await import('./users.ts')).signOut(id, options, context)),
  );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
