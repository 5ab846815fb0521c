import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { Region } from '@betterbase/protocol/admin';
import { ControlClient, type ShownProject } from '../../admin/control-client.ts';
import type { Colors, Terminal } from '../../terminal/terminal.ts';
import { findInstallation, type TargetFlags } from '../../workspace/target.ts';
import { parseProjectName } from '../../workspace/project-name.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface ProjectsOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export interface CreateProjectOptions extends ProjectsOptions {
  readonly name?: string;
  readonly region?: Region;
}

export interface DeleteProjectOptions extends ProjectsOptions {
  readonly confirm?: string;
}

export async function listProjects(options: ProjectsOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const projects = await (await controlOf(options, context)).projects();
  if (options.json === true) terminal.line(JSON.stringify({ projects }));
  else for (const project of projects) terminal.line(formatProject(project, terminal.colors));
  return 0;
}

export async function createProject(slug: string, options: CreateProjectOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const { name, region } = options;
  const order = { slug: parseProjectName(slug), ...(name === undefined ? {} : { name }), ...(region === undefined ? {} : { region }) };
  const created = await (await controlOf(options, context)).createProject(order);
  if (options.json === true) {
    terminal.line(JSON.stringify(created));
    return 0;
  }
  terminal.line(formatProject(created.project, terminal.colors));
  for (const [kind, key] of Object.entries(created.keys)) terminal.line(`  ${kind.padEnd(11)}  ${terminal.colors.bold(key)}`);
  terminal.line('\nKeep the keys now: they are not shown again.');
  return 0;
}

export async function renameProject(slug: string, name: string, options: ProjectsOptions, context: CommandContext): CommandResult {
  return tell(await (await controlOf(options, context)).renameProject(parseProjectName(slug), name), options, context);
}

export async function setStanding(
  slug: string,
  standing: 'suspend' | 'resume',
  options: ProjectsOptions,
  context: CommandContext,
): CommandResult {
  return tell(await (await controlOf(options, context)).setStanding(parseProjectName(slug), standing), options, context);
}

export async function deleteProject(slug: string, options: DeleteProjectOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const project = parseProjectName(slug);
  const confirm = options.confirm ?? (await askFor(project, terminal));
  await (await controlOf(options, context)).deleteProject(project, confirm);
  terminal.line(options.json === true ? JSON.stringify({ deleted: project }) : `${terminal.colors.green('✔')} deleted ${project}`);
  return 0;
}

/** @throws BetterBaseError `project/not-confirmed` where there is nobody to ask */
async function askFor(project: string, terminal: Terminal): Promise<string> {
  if (!terminal.isInteractive)
    throw new BetterBaseError('project/not-confirmed', `Deleting ${project} deletes its data, environment, deployments and keys.`, {
      hint: `Confirm with --confirm ${project}.`,
    });
  const { text } = await import('@clack/prompts');
  const typed = await text({ message: `Everything of ${project} will be gone. Type its name to delete it.` });
  return typeof typed === 'string' ? typed : '';
}

function tell(project: ShownProject, options: ProjectsOptions, { terminal }: CommandContext): number {
  terminal.line(options.json === true ? JSON.stringify({ project }) : formatProject(project, terminal.colors));
  return 0;
}

async function controlOf(options: ProjectsOptions, { cwd, env }: CommandContext): Promise<ControlClient> {
  return new ControlClient(await findInstallation(resolve(cwd, options.app), options, env));
}

function formatProject({ slug, name, deployedAt, suspendedAt }: ShownProject, colors: Colors): string {
  const parts = [slug, ...(name === slug ? [] : [name])];
  parts.push(deployedAt === null ? 'not deployed' : `deployed ${new Date(deployedAt).toISOString().slice(0, 16).replace('T', ' ')}`);
  if (suspendedAt !== null) parts.push(colors.red('suspended'));
  return parts.join('  ');
}
