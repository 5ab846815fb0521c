/** The command line: names, options and examples. What a command does is in its own file, loaded when it is called. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { BuildCommandOptions } from './commands/build.ts';
import type { CodegenOptions } from './commands/codegen.ts';
import type { DeployOptions } from './commands/deploy.ts';
import type { DevOptions } from './commands/dev.ts';
import type { EnvOptions, SetEnvOptions } from './commands/env.ts';
import { addIac } from './commands/iac/program.ts';
import type { InitOptions } from './commands/init.ts';
import type { LogsOptions } from './commands/logs.ts';
import { addAccount } from './commands/account/program.ts';
import { addAdmins } from './commands/admins/program.ts';
import { addAuth } from './commands/auth/program.ts';
import { addAudit } from './commands/audit/program.ts';
import { addKeys } from './commands/keys/program.ts';
import { addMigrate } from './commands/migrate/program.ts';
import { addProvider } from './commands/provider/program.ts';
import { addSettings } from './commands/settings/program.ts';
import { addSession } from './commands/session/program.ts';
import type { RunOptions } from './commands/run.ts';
import { addRls } from './commands/rls/program.ts';
import { addProjects } from './commands/projects/program.ts';
import { examples, type Launch, withTarget } from './program-options.ts';

export function createProgram(version: string, launch: Launch): Command {
  const program = new Command('bb')
    .description('The BetterBase command line: a reactive backend from a folder of functions.')
    .version(version, '-v, --version')
    .option('--debug', 'print stacks of errors')
    .showSuggestionAfterError()
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride();
  for (const add of [
    addInit,
    addDev,
    addDeploy,
    addRun,
    addLogs,
    addEnv,
    addSession,
    addAccount,
    addAdmins,
    addSettings,
    addKeys,
    addProjects,
    addAudit,
    addAuth,
    addProvider,
    addMigrate,
    addRls,
    addIac,
    addCodegen,
    addBuild,
  ])
    add(program, launch);
  program.action(() => program.outputHelp());
  return program;
}

function addInit(program: Command, launch: Launch): void {
  program
    .command('init')
    .argument('[folder]', 'where the app goes; must be empty or new')
    .description('make a new app')
    .addOption(new Option('--template <name>', 'what to start from').choices(['iac', 'minimal']))
    .option('--provider <name>', 'where documents rest: embedded, d1, turso, neon, postgres, supabase')
    .option('-y, --yes', 'take the defaults and ask nothing')
    .option('--no-install', 'do not run npm install')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples('bb init my-app', 'bb init my-app --template minimal --yes'))
    .action((folder: string | undefined, options: Omit<InitOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/init.ts')).init({ folder, ...options }, context)),
    );
}

function addDev(program: Command, launch: Launch): void {
  program
    .command('dev')
    .argument('[folder]', 'the app', '.')
    .description('serve the app on this machine, deploying it on every save')
    .option('--port <number>', 'where to serve', parsePort, 3210)
    .option('--state <folder>', 'where data and logs stay, seen from the app', '.betterbase')
    .option('--project <name>', 'name of the project in URLs')
    .option('--provider <name>', 'where documents rest, whatever betterbase.config.ts says, in a project of its own')
    .option('--no-stand-in', 'wait for the values of a database instead of standing in for it')
    .option('--with-app', 'also run the app\'s own "dev" script, with VITE_BETTERBASE_URL set')
    .option('--once', 'deploy once and end')
    .option('--json', 'print events as lines of JSON')
    .addHelpText('after', examples('bb dev', 'bb dev examples/chat --with-app', 'bb dev --provider turso', 'bb dev --port 4000 --json'))
    .action((folder: string, options: Omit<DevOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/dev.ts')).dev({ folder, ...options }, context)),
    );
}

function addDeploy(program: Command, launch: Launch): void {
  withTarget(program.command('deploy').argument('[folder]', 'the app', '.').description('send the app to a server'))
    .option('-m, --message <text>', 'what this deployment is, for the list of deployments')
    .option('--allow-destructive', 'agree to what the change of the schema takes from documents')
    .option('--allow-open-rls', 'agree to an app whose policies are not enforced')
    .addHelpText('after', examples('bb deploy', 'bb deploy --url https://example.workers.dev --project my-app --key $KEY'))
    .action((folder: string, options: Omit<DeployOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/deploy.ts')).deploy({ folder, ...options }, context)),
    );
}

function addRun(program: Command, launch: Launch): void {
  withTarget(program.command('run').argument('<function>', 'for instance queries/todos:list').argument('[args]', 'arguments as JSON', '{}'))
    .description('call a function and print its result')
    .option('--watch', 'go on and print each new result of a query')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .addHelpText(
      'after',
      examples(
        'bb run queries/todos:list',
        `bb run mutations/todos:add '{"text":"Water the plants"}'`,
        'bb run queries/todos:list --watch',
      ),
    )
    .action((path: string, args: string, options: Omit<RunOptions, 'path' | 'args'>) =>
      launch(async (context) => (await import('./commands/run.ts')).runFunction({ path, args, ...options }, context)),
    );
}

function addLogs(program: Command, launch: Launch): void {
  withTarget(program.command('logs').argument('[folder]', 'the app', '.').description('print the latest function calls'))
    .option('-f, --follow', 'go on and print each new call')
    .addHelpText('after', examples('bb logs', 'bb logs --follow --json'))
    .action((folder: string, options: Omit<LogsOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/logs.ts')).logs({ folder, ...options }, context)),
    );
}

function addEnv(program: Command, launch: Launch): void {
  const env = program
    .command('env')
    .description('environment values: what functions find in process.env')
    .addHelpText(
      'after',
      examples('bb env set STRIPE_KEY=sk_test_1', 'bb env set --file .env.production', 'bb env list', 'bb env unset STRIPE_KEY'),
    );
  withTarget(env.command('list').description('names of the values, and when they were set'))
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .action((options: EnvOptions) => launch(async (context) => (await import('./commands/env.ts')).listEnv(options, context)));
  withTarget(env.command('set').argument('[values...]', 'NAME=value, or NAME alone to read the value from standard input'))
    .description('set values; functions see them at once, and nobody can read them back')
    .option('--file <path>', 'take them from a file in .env form')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .action((values: string[], options: SetEnvOptions) =>
      launch(async (context) => (await import('./commands/env.ts')).setEnv(values, options, context)),
    );
  withTarget(env.command('unset').argument('<names...>', 'names of values'))
    .description('take values away')
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .action((names: string[], options: EnvOptions) =>
      launch(async (context) => (await import('./commands/env.ts')).unsetEnv(names, options, context)),
    );
}

function addCodegen(program: Command, launch: Launch): void {
  program
    .command('codegen')
    .argument('[folder]', 'the app', '.')
    .description('write betterbase/_generated and .betterbase-context.json')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples('bb codegen', 'bb codegen examples/chat'))
    .action((folder: string, options: Omit<CodegenOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/codegen.ts')).codegen({ folder, ...options }, context)),
    );
}

function addBuild(program: Command, launch: Launch): void {
  program
    .command('build')
    .argument('[folder]', 'the app', '.')
    .description('bundle the app without deploying it, and print what it weighs')
    .option('--static <folder>', 'make a Worker with the app compiled in, which needs no Worker Loader')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples('bb build', 'bb build --json', 'bb build --static dist'))
    .action((folder: string, options: Omit<BuildCommandOptions, 'folder'>) =>
      launch(async (context) => (await import('./commands/build.ts')).build({ folder, ...options }, context)),
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return port;
}
