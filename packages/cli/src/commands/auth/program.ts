/** `bb auth …`: names, options and examples. */
import { type Command, Option } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { ProviderOptions } from './add-provider.ts';
import type { MessageOptions } from './message.ts';
import { providerNames } from './provider-credentials.ts';
import type { AuthOptions } from './settings.ts';
import type { UsersOptions } from './users.ts';

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
  withApp(auth.command('add-provider').argument('<provider>', `${providerNames.join(', ')}, or a name of your own with --issuer`))
    .description('let people sign in with an issuer; asks for what it hands out')
    .option('--issuer <url>', 'of an issuer of your own, which speaks OpenID Connect')
    .option('--client-id <id>', 'what the issuer calls the app')
    .option('--client-secret <secret>', 'the app’s secret there')
    .option('--scopes <scopes>', 'what an issuer of your own is asked for; default: openid profile email')
    .option('--tenant-id <id>', 'microsoft: whose people may come')
    .option('--team-id <id>', 'apple: your team')
    .option('--key-id <id>', 'apple: the key’s name')
    .option('--private-key <file>', 'apple: the key, AuthKey_….p8')
    .addHelpText(
      'after',
      examples(
        'bb auth add-provider google',
        'bb auth add-provider apple --client-id com.example.web --team-id A1B2C3D4E5 --key-id F6G7H8I9J0 --private-key AuthKey_F6G7H8I9J0.p8',
        'bb auth add-provider company --issuer https://login.example.com --client-id my-app',
      ),
    )
    .action((provider: string, options: ProviderOptions) =>
      launch(async (context) => (await import('./add-provider.ts')).addProvider(provider, options, context)),
    );
  withApp(auth.command('providers').description('the issuers that people sign in with, and what is missing')).action(
    (options: AuthOptions) => launch(async (context) => (await import('./providers.ts')).listProviders(options, context)),
  );
  withApp(auth.command('remove-provider').argument('<provider>', 'as `bb auth providers` has it'))
    .description('let nobody sign in with an issuer any more, and forget its credentials')
    .action((provider: string, options: AuthOptions) =>
      launch(async (context) => (await import('./providers.ts')).removeProvider(provider, options, context)),
    );
  withApp(auth.command('message').argument('<kind>', 'verify, reset, change, exists, code, link or phone'))
    .description('show what a message says, and send it to somebody')
    .option('--to <address>', 'an e-mail address; for phone a number')
    .action((kind: string, options: MessageOptions) =>
      launch(async (context) => (await import('./message.ts')).showMessage(kind, options, context)),
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
