/** `bb keys …`: names, options and examples. */
import { type Command, Option } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { CreateKeyOptions, KeysOptions } from './keys.ts';

export function addKeys(program: Command, launch: Launch): void {
  const keys = program
    .command('keys')
    .description('keys of the installation and of projects')
    .addHelpText(
      'after',
      examples('bb keys create ci --role developer --project my-app', 'bb keys list', 'bb keys revoke <id>', 'bb keys rotate secret'),
    );
  withApp(keys.command('list').description('keys: how they begin, what they may do, when they were last used'))
    .option('--all', 'also those that were revoked')
    .action((options: KeysOptions & { readonly all?: boolean }) =>
      launch(async (context) => (await import('./keys.ts')).listKeys(options, context)),
    );
  withApp(keys.command('create').argument('<name>', 'what it is for'))
    .description('make a key for the admin API; it is shown once. With --project it is good for that project only')
    .addOption(new Option('--role <role>', 'what it may do').choices(['owner', 'admin', 'developer', 'viewer']).default('developer'))
    .option('--scopes <permissions>', 'of the role’s permissions only these, with commas between them')
    .option('--expires <time>', 'until when it is good: a date, or days like 30d')
    .action((name: string, options: Omit<CreateKeyOptions, 'name'>) =>
      launch(async (context) => (await import('./keys.ts')).createKey({ ...options, name }, context)),
    );
  withApp(keys.command('revoke').argument('<id>', 'its id, or how it begins'))
    .description('end a key, and the keys that it made, or that those made')
    .option('--keep-made', 'the keys that it made go on')
    .action((id: string, options: KeysOptions & { readonly keepMade?: boolean }) =>
      launch(async (context) => (await import('./keys.ts')).revokeKey(id, options, context)),
    );
  withApp(keys.command('rotate').argument('<kind>', 'publishable, secret or admin'))
    .description('make a new key of a project; the one before it ends, with the keys that it made')
    .option('--keep-made', 'the keys that the one before it made go on')
    .action((kind: string, options: KeysOptions & { readonly keepMade?: boolean }) =>
      launch(async (context) => (await import('./keys.ts')).rotateKey(kind, options, context)),
    );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
