/** `bb projects …`: names, options and examples. */
import { regions } from '@betterbase/protocol/admin';
import { type Command, Option } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { CreateProjectOptions, DeleteProjectOptions, ProjectsOptions } from './projects.ts';

export function addProjects(program: Command, launch: Launch): void {
  const projects = program
    .command('projects')
    .description('projects of the installation')
    .addHelpText(
      'after',
      examples('bb projects list', 'bb projects create my-app --name "My app"', 'bb projects suspend my-app', 'bb projects delete my-app'),
    );
  withApp(projects.command('list').description('projects, and when they were last deployed')).action((options: ProjectsOptions) =>
    launch(async (context) => (await import('./projects.ts')).listProjects(options, context)),
  );
  withApp(projects.command('create').argument('<slug>', 'its name in addresses'))
    .description('make a project, and show its keys once')
    .option('--name <name>', 'its name for people')
    .addOption(new Option('--region <region>', 'where it should be').choices([...regions]))
    .action((slug: string, options: CreateProjectOptions) =>
      launch(async (context) => (await import('./projects.ts')).createProject(slug, options, context)),
    );
  withApp(projects.command('rename').argument('<slug>', 'the project').argument('<name>', 'its new name for people'))
    .description('give a project another name for people')
    .action((slug: string, name: string, options: ProjectsOptions) =>
      launch(async (context) => (await import('./projects.ts')).renameProject(slug, name, options, context)),
    );
  withApp(projects.command('suspend').argument('<slug>', 'the project'))
    .description('let nobody in until it is resumed')
    .action((slug: string, options: ProjectsOptions) =>
      launch(async (context) => (await import('./projects.ts')).setStanding(slug, 'suspend', options, context)),
    );
  withApp(projects.command('resume').argument('<slug>', 'the project'))
    .description('open a suspended project')
    .action((slug: string, options: ProjectsOptions) =>
      launch(async (context) => (await import('./projects.ts')).setStanding(slug, 'resume', options, context)),
    );
  withApp(projects.command('delete').argument('<slug>', 'the project'))
    .description('delete a project with its data, environment, deployments and keys')
    .option('--confirm <slug>', 'its name again, instead of being asked for it')
    .action((slug: string, options: DeleteProjectOptions) =>
      launch(async (context) => (await import('./projects.ts')).deleteProject(slug, options, context)),
    );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}
