/** `bb iac …`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { CodegenOptions } from '../codegen.ts';
import type { DeployOptions } from '../deploy.ts';
import type { PreviewOptions } from '../migrate/preview.ts';
import type { AnalyzeOptions } from './analyze.ts';
import type { DrizzleOptions } from './drizzle.ts';
import { addExport, addImport } from './move-commands.ts';

export function addIac(program: Command, launch: Launch): void {
  const iac = program.command('iac').description('the app as it is in files, and as it is deployed');
  addDiff(iac, launch);
  addSync(iac, launch);
  addGenerate(iac, launch);
  addDrizzle(iac, launch);
  addAnalyze(iac, launch);
  addExport(iac, launch);
  addImport(iac, launch);
}

function addDiff(iac: Command, launch: Launch): void {
  withTarget(iac.command('diff').argument('[folder]', 'the app', '.'))
    .description('show how the schema in the files differs from the deployed one')
    .option('--exit-code', 'end with 1 if it differs')
    .addHelpText('after', examples('bb iac diff', 'bb iac diff --exit-code --json'))
    .action((folder: string, options: Omit<PreviewOptions, 'folder'>) =>
      launch(async (context) => (await import('../migrate/preview.ts')).preview({ folder, ...options }, context)),
    );
}

function addSync(iac: Command, launch: Launch): void {
  withTarget(iac.command('sync').argument('[folder]', 'the app', '.'))
    .description('write the generated files and deploy the app')
    .option('--allow-destructive', 'agree to what is lost')
    .option('--force', 'the same as --allow-destructive')
    .option('--allow-open-rls', 'agree to an app whose policies are not enforced')
    .option('-m, --message <text>', 'what this deployment is')
    .addHelpText('after', examples('bb iac sync', 'bb iac sync --allow-destructive'))
    .action((folder: string, { force = false, ...options }: Omit<DeployOptions, 'folder'> & { readonly force?: boolean }) =>
      launch(async (context) =>
        (await import('./sync.ts')).sync({ folder, ...options, allowDestructive: options.allowDestructive === true || force }, context),
      ),
    );
}

function addAnalyze(iac: Command, launch: Launch): void {
  withTarget(
    iac
      .command('analyze')
      .argument('[function]', 'a query; default: every query that needs no arguments')
      .argument('[args]', 'its arguments as JSON'),
  )
    .description('show how queries read: what in vain, and which index would help')
    .option('--args <json>', 'the arguments, as an option')
    .option('--sql <statement>', 'a SELECT in place of a function')
    .option('--params <json>', 'its parameters as a JSON array')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .addHelpText(
      'after',
      examples(
        'bb iac analyze',
        `bb iac analyze queries/todos:list '{"owner":"ada"}'`,
        `bb iac analyze --sql 'SELECT * FROM todos WHERE owner = ?' --params '["ada"]'`,
      ),
    )
    .action((path: string | undefined, args: string | undefined, options: Omit<AnalyzeOptions, 'path'>) =>
      launch(async (context) => {
        const given = args === undefined ? {} : { args };
        return (await import('./analyze.ts')).analyze({ ...options, ...given, path }, context);
      }),
    );
}

function addGenerate(iac: Command, launch: Launch): void {
  iac
    .command('generate')
    .argument('[folder]', 'the app', '.')
    .description('write betterbase/_generated; the same as bb codegen')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples('bb iac generate'))
    .action((folder: string, options: Omit<CodegenOptions, 'folder'>) =>
      launch(async (context) => (await import('../codegen.ts')).codegen({ folder, ...options }, context)),
    );
}

function addDrizzle(iac: Command, launch: Launch): void {
  iac
    .command('drizzle')
    .argument('[folder]', 'the app', '.')
    .description('write drizzle.config.ts and the tables as they are in the database, for drizzle-kit')
    .option('--out <folder>', "drizzle-kit's folder", 'drizzle')
    .option('--provider <name>', 'where documents rest, whatever betterbase.config.ts says')
    .option('--force', 'write over a drizzle.config.ts of yours')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples('bb iac drizzle', 'bb iac drizzle --provider turso'))
    .action((folder: string, options: Omit<DrizzleOptions, 'folder'>) =>
      launch(async (context) => (await import('./drizzle.ts')).drizzle({ folder, ...options }, context)),
    );
}
