/** `bb migrate …`: names, options and examples. */
import { type Command, InvalidArgumentError } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { DeployOptions } from '../deploy.ts';
import type { FromConvexOptions } from './from-convex.ts';
import type { HistoryOptions } from './history.ts';
import type { PreviewOptions } from './preview.ts';
import type { RollbackOptions } from './rollback.ts';

export function addMigrate(program: Command, launch: Launch): void {
  const migrate = withTarget(program.command('migrate').argument('[folder]', 'the app', '.'))
    .description('bring the data to the app’s schema: deploys it, asking before anything is lost')
    .option('--allow-destructive', 'agree to what is lost')
    .option('-m, --message <text>', 'what this deployment is')
    .addHelpText('after', examples('bb migrate', 'bb migrate preview', 'bb migrate rollback --steps 2', 'bb migrate history --json'))
    .action((folder: string, options: Omit<DeployOptions, 'folder'>) =>
      launch(async (context) => (await import('../deploy.ts')).deploy({ folder, ...options }, context)),
    );
  addPreview(migrate, launch);
  addRollback(migrate, launch);
  addHistory(migrate, launch);
  addFromConvex(migrate, launch);
}

function addPreview(migrate: Command, launch: Launch): void {
  withTarget(migrate.command('preview').argument('[folder]', 'the app', '.'))
    .description('show what deploying would do to the data, and change nothing')
    .option('--exit-code', 'end with 1 if there are changes')
    .addHelpText('after', examples('bb migrate preview', 'bb migrate preview --json', 'bb migrate preview --exit-code'))
    .action((folder: string, _options: object, command: Command) =>
      launch(async (context) =>
        (await import('./preview.ts')).preview({ folder, ...command.optsWithGlobals<Omit<PreviewOptions, 'folder'>>() }, context),
      ),
    );
}

function addRollback(migrate: Command, launch: Launch): void {
  withTarget(migrate.command('rollback').argument('[deployment]', 'its id; default: the one that served before'))
    .description('deploy the code of an earlier deployment again')
    .option('-s, --steps <number>', 'how many deployments to go back', parseSteps, 1)
    .option('--folder <folder>', 'the app whose `bb dev` is meant', '.')
    .option('--allow-destructive', 'agree to what is lost')
    .addHelpText(
      'after',
      examples('bb migrate rollback', 'bb migrate rollback --steps 2', 'bb migrate rollback m3x9k2-1f0c --allow-destructive'),
    )
    .action((deployment: string | undefined, _options: object, command: Command) =>
      launch(async (context) =>
        (await import('./rollback.ts')).rollback(
          { ...command.optsWithGlobals<Omit<RollbackOptions, 'deployment'>>(), deployment },
          context,
        ),
      ),
    );
}

function addHistory(migrate: Command, launch: Launch): void {
  withTarget(migrate.command('history').argument('[folder]', 'the app', '.'))
    .description('list deployments with what they changed, and the migrations that have run')
    .addHelpText('after', examples('bb migrate history', 'bb migrate history --json'))
    .action((folder: string, _options: object, command: Command) =>
      launch(async (context) =>
        (await import('./history.ts')).history({ folder, ...command.optsWithGlobals<Omit<HistoryOptions, 'folder'>>() }, context),
      ),
    );
}

function addFromConvex(migrate: Command, launch: Launch): void {
  withTarget(
    migrate
      .command('from-convex')
      .argument('<path>', 'the folder of a Convex project; or a snapshot, for the project in this folder')
      .argument('[snapshot]', 'a snapshot (.zip) whose data is to be imported'),
  )
    .description('make a BetterBase project of a Convex project, data included, and say what will not work')
    .option('--replace', 'remove the documents that are there')
    .addHelpText(
      'after',
      examples('bb migrate from-convex .', 'bb migrate from-convex ../my-app snapshot.zip', 'bb migrate from-convex snapshot.zip'),
    )
    .action((path: string, snapshot: string | undefined, _options: object, command: Command) =>
      launch(async (context) =>
        (await import('./from-convex.ts')).fromConvex(
          { ...command.optsWithGlobals<Omit<FromConvexOptions, 'path' | 'snapshot'>>(), path, snapshot },
          context,
        ),
      ),
    );
}

function parseSteps(text: string): number {
  const steps = Number(text);
  if (!Number.isInteger(steps) || steps < 1) throw new InvalidArgumentError('Steps are a whole number from 1 on.');
  return steps;
}
