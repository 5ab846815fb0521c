import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { writeGenerated } from '../../codegen/write-generated.ts';
import { adoptProject, type Change } from '../../from-convex/adopt-project.ts';
import { clientAddresses } from '../../from-convex/client-addresses.ts';
import { findUses } from '../../from-convex/find-uses.ts';
import { MoveClient } from '../../move/move-client.ts';
import { Progress } from '../../move/progress.ts';
import { openSources, type Sources } from '../../move/table-sources.ts';
import { findApp } from '../../workspace/app-folder.ts';
import { projectNameOf } from '../../workspace/project-name.ts';
import { findTarget, type Target, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { runImport } from '../iac/import.ts';

export interface FromConvexOptions extends TargetFlags {
  /** A project's folder, or a snapshot for the project in this one. */
  readonly path: string;
  readonly snapshot?: string | undefined;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export async function fromConvex(options: FromConvexOptions, context: CommandContext): CommandResult {
  const { cwd, env, terminal } = context;
  const isSnapshot = options.path.toLowerCase().endsWith('.zip');
  const app = await findApp(resolve(cwd, isSnapshot ? '.' : options.path));
  if (app.dialect !== 'convex')
    throw new BetterBaseError('app/not-found', `${app.source} is a BetterBase app already.`, {
      hint: 'Name the folder of the Convex project. Data alone is read by `bb iac import <snapshot.zip>`.',
    });
  const path = isSnapshot ? options.path : options.snapshot;
  const sources = path === undefined ? null : await openSources(await existing(resolve(cwd, path)), {});
  try {
    const name = await projectNameOf(app, options.project);
    const changes = await adoptProject(app.root, name);
    const generated = await writeGenerated(app).then(
      () => null,
      (failure: unknown) =>
        isBetterBaseError(failure) ? failure : Promise.reject(failure instanceof Error ? failure : new Error(String(failure))),
    );
    const { uses, environment } = await findUses(app.root, app.source);
    const addresses = await clientAddresses(app.root);
    const target = sources === null ? null : await reachable(app.root, options, env);
    const imported = sources === null || target === null ? null : await importAll(target, sources, options, context);
    const report = { project: name, changes, uses, environment, addresses, left: sources?.left ?? [], imported };
    if (options.json === true) terminal.line(JSON.stringify({ event: 'migrated', ...report, problem: generated?.message ?? null }));
    else for (const line of reportLines({ ...report, problem: generated?.message ?? null, snapshot: path ?? null })) terminal.line(line);
    return generated === null ? 0 : 1;
  } finally {
    await sources?.close();
  }
}

interface Report extends Awaited<ReturnType<typeof findUses>> {
  readonly project: string;
  readonly changes: readonly Change[];
  readonly addresses: Awaited<ReturnType<typeof clientAddresses>>;
  readonly left: readonly string[];
  readonly imported: number | null;
  readonly problem: string | null;
  readonly snapshot: string | null;
}

function reportLines({ project, changes, uses, environment, addresses, left, imported, problem, snapshot }: Report): readonly string[] {
  return [
    ...(changes.length === 0 ? ['Nothing had to be changed.'] : changes.map(({ file, change }) => `wrote ${file}: ${change}`)),
    ...(problem === null ? [] : [`The app does not load yet: ${problem}`]),
    ...uses.flatMap(({ what, advice, places }) => [`${what}: ${advice}`, ...places.map((place) => `  ${place}`)]),
    ...(environment.length === 0 ? [] : [`The code reads ${environment.join(', ')}: set them with \`bb env set <name>\`.`]),
    ...addresses.map(
      ({ file, name }) => `${file}: ${name} becomes the address of the project, http://localhost:3210/p/${project} under \`bb dev\`.`,
    ),
    ...left.map((what) => `Not imported: ${what}.`),
    ...(imported === null ? [] : [`Imported ${imported} documents.`]),
    ...(snapshot !== null && imported === null ? [`The data waits: start \`bb dev\`, then run \`bb iac import ${snapshot}\`.`] : []),
    'Next: npm install, then npx bb dev.',
  ];
}

/** Null if no server is there yet: an app is deployed before it gets data. */
async function reachable(root: string, flags: TargetFlags, env: CommandContext['env']): Promise<Target | null> {
  try {
    return await findTarget(root, flags, env);
  } catch (failure) {
    if (isBetterBaseError(failure) && failure.code === 'connection/lost') return null;
    throw failure;
  }
}

async function importAll(
  target: Target,
  sources: Sources,
  { replace, json }: FromConvexOptions,
  { terminal }: CommandContext,
): Promise<number> {
  const progress = new Progress(terminal, json === true);
  await runImport(new MoveClient(target), sources, { mode: replace === true ? 'replace' : 'empty' }, progress);
  return progress.documents;
}

async function existing(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  throw new BetterBaseError('usage/bad-option', `There is no file ${basename(path)}.`, { hint: `It was looked for at ${path}.` });
}
