/** The admin API of projects themselves: made, named, closed for a while, deleted. */
import { BetterBaseError } from '@betterbase/core';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { addEntry, auditNote, beginEntry, settleEntry } from '../../access/audit.ts';
import { knownKeys } from '../../access/find-principal.ts';
import { addKey, dropKeys } from '../../access/key-store.ts';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { parseBody } from '../../parse-body.ts';
import { addProject, changeProject, dropProject, findProject, type ListedProject, listProjects } from '../../project-list.ts';
import { assertProjectName, projectStub } from '../../project-stub.ts';
import { newRequestId } from '../../request-id.ts';
import { json, objectOf } from './answers.ts';
import { projectKey, projectKeyKinds } from './keys.ts';

/** As the platform names places. */
const regions = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const;
const name = z.string().check(z.minLength(1), z.maxLength(100));
const newProject = z.strictObject({ slug: z.string(), name: z.optional(name), region: z._default(z.nullable(z.enum(regions)), null) });
const change = z.strictObject({ name });
const confirmation = z.strictObject({ confirm: z.string() });

export function projectListRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/projects', async ({ env, var: { principal } }) => json({ projects: await listProjects(env.DB, principal.project) }));
  routes.post('/projects', createProject);
  routes.get('/projects/:project', async (context) => json({ project: await readProject(context) }));
  routes.patch('/projects/:project', renameProject);
  routes.post('/projects/:project/suspend', (context) => setStanding(context, Date.now()));
  routes.post('/projects/:project/resume', (context) => setStanding(context, null));
  routes.delete('/projects/:project', deleteProject);
  return routes;
}

/** With its keys, which are told this once. */
async function createProject(context: GatewayContext): Promise<Response> {
  const {
    env,
    var: { principal },
  } = context;
  const order = await parseBody(context, newProject, 'Send {"slug": "my-app", "name": "My app"}.');
  const { slug, region } = order;
  assertProjectName(slug);
  if ((await findProject(env.DB, slug)) !== null)
    throw new BetterBaseError('project/exists', `There is a project \`${slug}\` already.`, { hint: 'Choose another slug.' });
  const now = Date.now();
  const project: ListedProject = { slug, name: order.name ?? slug, createdAt: now, deployedAt: null, region, suspendedAt: null };
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
  return json({ project, keys, admin_key: keys['admin'] }, 201);
}

async function renameProject(context: GatewayContext): Promise<Response> {
  const project = await readProject(context);
  const { name } = await parseBody(context, change, 'Send {"name": "My app"}.');
  const database = drizzle(context.env.DB);
  const told = { resourceType: 'project', resourceId: project.slug, project: project.slug } as const;
  const entry = addEntry(database, context, { ...told, before: { name: project.name }, after: { name } });
  await database.batch([changeProject(database, project.slug, { name }), entry]);
  return json({ project: { ...project, name } });
}

/** In the project first, which is what decides; the list says what is so. */
async function setStanding(context: GatewayContext, suspendedAt: number | null): Promise<Response> {
  const project = await readProject(context);
  const { slug } = project;
  const note = auditNote(context, { resourceType: 'project', resourceId: slug, project: slug });
  const set = suspendedAt === null ? await objectOf(context).resume(note) : await objectOf(context).suspend(note);
  if (!set.ok) return failureResponse({ ...set.error, requestId: newRequestId() });
  await changeProject(drizzle(context.env.DB), slug, { suspendedAt });
  return json({ project: { ...project, suspendedAt } });
}

/** Everything it has, and then its place on the list: what breaks off in between is deleted by deleting again. */
async function deleteProject(context: GatewayContext): Promise<Response> {
  const project = await readProject(context);
  const { slug } = project;
  const { confirm } = await parseBody(context, confirmation, `Send {"confirm": "${slug}"}.`);
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
  await database.batch([dropKeys(database, slug), dropProject(database, slug), settleEntry(database, note.id, 'done')]);
  knownKeys.forget();
  return json({ success: true });
}

async function readProject(context: GatewayContext): Promise<ListedProject> {
  const slug = context.req.param('project') ?? '';
  const project = await findProject(context.env.DB, slug);
  if (project !== null) return project;
  throw new BetterBaseError('project/not-found', `There is no project \`${slug.slice(0, 80)}\` here.`, {
    hint: '`bb projects list` shows them.',
  });
}
