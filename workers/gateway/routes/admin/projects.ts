/** The admin API of projects themselves: made, named, closed for a while, deleted. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry, auditNote, beginEntry, settleEntry } from '../../access/audit.ts';
import { knownKeys } from '../../access/find-principal.ts';
import { addKey, dropKeys } from '../../access/key-store.ts';
import { reachOf } from '../../access/principal.ts';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { forgetOrigins } from '../../limits/allowed-origins.ts';
import { dropAssignmentsOf } from '../../people/admin-store.ts';
import { dropInvitationsOf } from '../../people/invitation-store.ts';
import { addProject, changeProject, dropProject, findProject, type ListedProject, listProjects } from '../../project-list.ts';
import { assertProjectName, projectStub } from '../../project-stub.ts';
import { newRequestId } from '../../request-id.ts';
import { objectOf } from './answers.ts';
import { projectKey, projectKeyKinds } from './keys.ts';
import { serve } from './serve.ts';

export function projectListRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects', async ({ env, var: { principal } }) => ({
    projects: [...(await listProjects(env.DB, reachOf(principal, 'projects_view')))],
  }));
  serve(routes, 'POST /admin/projects', (context, { body }) => createProject(context, body));
  serve(routes, 'GET /admin/projects/:project', async (context) => ({ project: await readProject(context) }));
  serve(routes, 'PATCH /admin/projects/:project', (context, { body }) => editProject(context, body));
  serve(routes, 'POST /admin/projects/:project/suspend', (context) => setStanding(context, Date.now()));
  serve(routes, 'POST /admin/projects/:project/resume', (context) => setStanding(context, null));
  serve(routes, 'DELETE /admin/projects/:project', (context, { body }) => deleteProject(context, body.confirm));
  return routes;
}

type ProjectOrder = ParsedRequest<'POST /admin/projects'>['body'];

/** With its keys, which are told this once. */
async function createProject(context: GatewayContext, order: ProjectOrder): Promise<AnswerOf<'POST /admin/projects'>> {
  const {
    env,
    var: { principal },
  } = context;
  const { slug, region } = order;
  assertProjectName(slug);
  if ((await findProject(env.DB, slug)) !== null)
    throw new BetterBaseError('project/exists', `There is a project \`${slug}\` already.`, { hint: 'Choose another slug.' });
  const now = Date.now();
  const project: ListedProject = {
    slug,
    name: order.name ?? slug,
    createdAt: now,
    deployedAt: null,
    region,
    suspendedAt: null,
    allowedOrigins: null,
  };
  const made = await Promise.all(projectKeyKinds.map((kind) => projectKey({ project: slug, kind, by: principal, now })));
  // Where an object is when it is asked first, it stays.
  if (region !== null) await projectStub(env, slug, region).isVacant();
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, {
    resourceType: 'project',
    resourceId: slug,
    project: slug,
    after: { name: project.name, region },
  });
  await database.batch([addProject(database, project), entry, ...made.map(({ row }) => addKey(database, row))]);
  const keys = Object.fromEntries(made.map(({ row, key }) => [row.kind, key]));
  return { project, keys, admin_key: keys['admin'] };
}

type ProjectChange = ParsedRequest<'PATCH /admin/projects/:project'>['body'];

async function editProject(
  context: GatewayContext,
  { name, allowed_origins }: ProjectChange,
): Promise<AnswerOf<'PATCH /admin/projects/:project'>> {
  const project = await readProject(context);
  const { slug } = project;
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(allowed_origins === undefined ? {} : { allowedOrigins: allowed_origins }),
  };
  if (Object.keys(change).length === 0) return { project };
  const before = Object.fromEntries(Object.entries(project).filter(([part]) => part in change));
  const database = drizzle(context.env.DB);
  const entry = addEntry(database, context, { resourceType: 'project', resourceId: slug, project: slug, before, after: change });
  await database.batch([changeProject(database, slug, change), entry]);
  forgetOrigins(context, slug);
  return { project: { ...project, ...change } };
}

/** In the project first, which is what decides; the list says what is so. */
async function setStanding(context: GatewayContext, suspendedAt: number | null) {
  const project = await readProject(context);
  const { slug } = project;
  const note = auditNote(context, { resourceType: 'project', resourceId: slug, project: slug });
  const set = suspendedAt === null ? await objectOf(context).resume(note) : await objectOf(context).suspend(note);
  if (!set.ok) return failureResponse({ ...set.error, requestId: newRequestId() });
  await changeProject(drizzle(context.env.DB), slug, { suspendedAt });
  return { project: { ...project, suspendedAt } };
}

/** Everything it has, and then its place on the list: what breaks off in between is deleted by deleting again. */
async function deleteProject(context: GatewayContext, confirm: string) {
  const project = await readProject(context);
  const { slug } = project;
  if (confirm !== slug)
    throw new BetterBaseError('project/not-confirmed', 'What was typed is not the name of the project, so nothing was deleted.', {
      hint: `Confirm with \`${slug}\`: its data, environment, deployments and keys will be gone.`,
    });
  const database = drizzle(context.env.DB);
  const note = auditNote(context, { resourceType: 'project', resourceId: slug, project: slug, before: project });
  await beginEntry(database, note);
  const object = objectOf(context);
  const erased = await object.erase();
  if (!erased.ok) {
    await settleEntry(database, note.id, erased.error.code);
    return failureResponse({ ...erased.error, requestId: newRequestId() });
  }
  // Ends with an error, because it ends everything.
  await object.end().catch(() => {});
  if (!(await objectOf(context).isVacant())) throw new Error(`Project ${slug} was deleted, and something is left on its disk.`);
  await database.batch([
    dropKeys(database, slug),
    dropAssignmentsOf(database, slug),
    dropInvitationsOf(database, slug),
    dropProject(database, slug),
    settleEntry(database, note.id, 'done'),
  ]);
  knownKeys.forget();
  forgetOrigins(context, slug);
  return { success: true } as const;
}

async function readProject(context: GatewayContext): Promise<ListedProject> {
  const slug = context.req.param('project') ?? '';
  const project = await findProject(context.env.DB, slug);
  if (project !== null) return project;
  throw new BetterBaseError('project/not-found', `There is no project \`${slug.slice(0, 80)}\` here.`, {
    hint: '`bb projects list` shows them.',
  });
}
