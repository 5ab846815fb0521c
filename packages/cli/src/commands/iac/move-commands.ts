/** `bb iac export` and `import`: names, options and examples of what moves an app's data. What a command does is loaded when it is called. */
import { type Command, Option } from 'commander';
import { formats } from '../../move/formats.ts';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { ExportOptions } from './export.ts';
import type { ImportOptions } from './import.ts';

export function addExport(iac: Command, launch: Launch): void {
  withTarget(iac.command('export').description('write the documents of a project, as of one version, to a file'))
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .option('-t, --table <name...>', 'only these tables')
    .addOption(
      new Option('-f, --format <name>', 'zip (a snapshot as Convex has it), or a file for each table; default: zip').choices(formats),
    )
    .option('-o, --output <path>', 'a file, a folder for several tables, or - for the standard output')
    .addHelpText(
      'after',
      examples('bb iac export -o backup.zip', 'bb iac export -t messages -o messages.jsonl', 'bb iac export -t users -f csv -o - | head'),
    )
    .action((options: ExportOptions) => launch(async (context) => (await import('./export.ts')).exportData(options, context)));
}

export function addImport(iac: Command, launch: Launch): void {
  withTarget(
    iac
      .command('import')
      .argument('<path>', 'a snapshot (.zip), a file (.jsonl, .json, .csv), a folder of files, or - for the standard input')
      .description('read documents into a project: all of them, or none'),
  )
    .option('--app <folder>', 'the app whose `bb dev` is meant', '.')
    .option('-t, --table <name...>', 'the table of a file; the tables of a snapshot or folder that are wanted')
    .addOption(new Option('-f, --format <name>', 'what the file is, if its name does not say').choices(formats))
    .option('--append', 'add to the documents that are there')
    .option('--upsert', 'replace the documents that have the same _id, add the others')
    .option('--replace', 'remove the documents that are there')
    .option('--batched', 'commit as it goes: quicker to show, but what fails halfway stays halfway')
    .option('-d, --dry-run', 'check everything and change nothing')
    .addHelpText(
      'after',
      examples('bb iac import backup.zip', 'bb iac import users.csv --append', 'bb iac import snapshot.zip --replace --dry-run'),
    )
    .action((path: string, options: Omit<ImportOptions, 'path'>) =>
      launch(async (context) => (await import('./import.ts')).importData({ path, ...options }, context)),
    );
}
