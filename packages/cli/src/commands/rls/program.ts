/** `bb rls …`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { CreateOptions } from './create.ts';
import type { ListOptions } from './list.ts';
import type { InstallOptions, SqlOptions } from './native.ts';
import type { SwitchOptions } from './switch.ts';
import type { TestOptions } from './test.ts';

export function addRls(program: Command, launch: Launch): void {
  const rls = program.command('rls').description('row-level security: who sees and changes which rows');
  addFiles(rls, launch);
  withTarget(rls.command('test').argument('<table>', 'a table of the schema'))
    .description('ask the server what somebody may do with the rows that are there, and why not; changes nothing')
    .option('--as <user>', 'as the user with this id; without it and --claims, nobody is signed in')
    .option('--claims <json>', 'with these claims in the token')
    .option('--insert <json>', 'whether they may add this row')
    .option('--limit <number>', 'how many rows, at most 1000', '100')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .addHelpText(
      'after',
      examples('bb rls test messages --as ada', `bb rls test messages --claims '{"sub":"ada","role":"moderator"}' --json`),
    )
    .action((table: string, options: Omit<TestOptions, 'table'>) =>
      launch(async (context) => (await import('./test.ts')).test({ table, ...options }, context)),
    );
  addNative(rls, launch);
}

function addFiles(rls: Command, launch: Launch): void {
  const withApp = (command: Command): Command =>
    command.option('--app <folder>', 'the app', '.').option('--json', 'print the result as JSON');
  withApp(rls.command('create').argument('<table>', 'a table of the schema'))
    .description('write a policy file for a table')
    .option('--owner <field>', 'the field that says whose a row is; guessed from its name')
    .addHelpText('after', examples('bb rls create messages', 'bb rls create messages --owner author'))
    .action((table: string, options: Omit<CreateOptions, 'table'>) =>
      launch(async (context) => (await import('./create.ts')).create({ table, ...options }, context)),
    );
  withTarget(rls.command('list').description('print the tables and their policies'))
    .option('--deployed', 'those that the server goes by, not those of the folder')
    .option('--app <folder>', 'the app', '.')
    .addHelpText('after', examples('bb rls list', 'bb rls list --deployed --json'))
    .action((options: ListOptions) => launch(async (context) => (await import('./list.ts')).list(options, context)));
  withApp(rls.command('disable').argument('<table>', 'a table with a policy'))
    .description('take the policies of a table out of the next deployment: it then shows nothing')
    .action((table: string, options: Omit<SwitchOptions, 'table'>) =>
      launch(async (context) => (await import('./switch.ts')).disable({ table, ...options }, context)),
    );
  withApp(rls.command('enable').argument('<table>', 'a table whose policies are disabled'))
    .description('put them back')
    .action((table: string, options: Omit<SwitchOptions, 'table'>) =>
      launch(async (context) => (await import('./switch.ts')).enable({ table, ...options }, context)),
    );
}

function addNative(rls: Command, launch: Launch): void {
  const withRole = (command: Command): Command =>
    command
      .option('--app <folder>', 'the app', '.')
      .option('--role <name...>', 'let these roles of the database do what the policies say')
      .option('--claims <json>', 'who logs in as the one --role has these claims; null unbinds it')
      .option('--remove', 'take away what was installed');
  withRole(rls.command('sql').description('print the policies as row-level security of Postgres: one transaction'))
    .addHelpText('after', examples('bb rls sql', 'bb rls sql --role app_user > policies.sql'))
    .action((options: SqlOptions) => launch(async (context) => (await import('./native.ts')).sql(options, context)));
  withRole(rls.command('install').description('install them in the database of a project whose documents rest in Postgres'))
    .option('--database <variable>', 'the environment variable with its address', 'DATABASE_URL')
    .option('--dry-run', 'print what would be done')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      examples(
        'bb rls install --dry-run',
        'DATABASE_URL=postgres://… bb rls install --role anon authenticated',
        `DATABASE_URL=postgres://… bb rls install --role ada --claims '{"sub":"ada"}'`,
      ),
    )
    .action((options: InstallOptions) => launch(async (context) => (await import('./native.ts')).install(options, context)));
}
