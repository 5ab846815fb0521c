/** `bb admins …`: names, options and examples. */
import { roles } from '@betterbase/protocol/admin';
import { type Command, Option } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { AdminsOptions, RoleOptions } from './admins.ts';

export function addAdmins(program: Command, launch: Launch): void {
  const admins = program
    .command('admins')
    .description('people who administer the installation')
    .addHelpText(
      'after',
      examples('bb admins invite ann@example.com --role developer --project my-app', 'bb admins list', 'bb admins remove ann@example.com'),
    );
  withApp(admins.command('list').description('admins with their roles, and open invitations')).action((options: AdminsOptions) =>
    launch(async (context) => (await import('./admins.ts')).listAdmins(options, context)),
  );
  withRole(admins.command('invite').argument('<email>', 'who'))
    .description('make a link that makes somebody an admin, once')
    .action((email: string, options: RoleOptions) =>
      launch(async (context) => (await import('./admins.ts')).inviteAdmin(email, options, context)),
    );
  withApp(admins.command('remove').argument('<email>', 'who'))
    .description('take an admin away with sessions, keys and invitations, or an invitation back')
    .option('--keep-keys', 'let the keys they made go on: you answer for them then')
    .action((email: string, options: AdminsOptions & { readonly keepKeys?: boolean }) =>
      launch(async (context) => (await import('./admins.ts')).removeAdmin(email, options, context)),
    );
  withApp(admins.command('reset').argument('<email>', 'who'))
    .description('make a link with which an admin chooses another password, once')
    .option('--second-factor', 'instead take away the second factor that they have lost')
    .action((email: string, options: AdminsOptions & { readonly secondFactor?: boolean }) =>
      launch(async (context) => (await import('./admins.ts')).resetAdmin(email, options, context)),
    );
  withRole(admins.command('grant').argument('<email>', 'who'))
    .description('give an admin a role; with --project in that project only')
    .action((email: string, options: RoleOptions) =>
      launch(async (context) => (await import('./admins.ts')).grantRole(email, options, context)),
    );
  withRole(admins.command('revoke').argument('<email>', 'who'))
    .description('take a role from an admin')
    .action((email: string, options: RoleOptions) =>
      launch(async (context) => (await import('./admins.ts')).revokeRole(email, options, context)),
    );
}

function withRole(command: Command): Command {
  return withApp(command).addOption(new Option('--role <role>', 'what they may do').choices([...roles]).makeOptionMandatory());
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
