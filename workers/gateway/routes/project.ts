/** A project's other doors: its socket, its own HTTP routes, its health. */
import { BetterBaseError } from '@betterbase/core';
import { Hono } from 'hono';
import { readBearer } from '../bearer-token.ts';
import { fromProject, toProject } from '../app-pages.ts';
import { edgeIsolate } from '../edge-isolate.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { configOf } from '../env.ts';
import { failureResponse, jsonResponse } from '../failure.ts';
import { assertServer } from '../key-caller.ts';
import { projectStub } from '../project-stub.ts';
import { ProjectActionHost } from '../run-action.ts';
import { newRequestId } from '../request-id.ts';
import { originOf } from '../request-origin.ts';

export function projectRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/realtime', openSocket);
  // Convex's clients.
  routes.get('/api/sync', openSocket);
  routes.get('/api/:version/sync', openSocket);
  routes.get('/health', health);
  routes.post('/invalidate', invalidate);
  routes.all('/http', serveRoute);
  routes.all('/http/*', serveRoute);
  return routes;
}

async function openSocket(context: GatewayContext): Promise<Response> {
  const object = projectStub(context.env, projectOf(context));
  if (context.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new BetterBaseError('http/upgrade-required', 'This address speaks WebSocket only.', {
      hint: 'Connect with @betterbase/client, or send an Upgrade: websocket header.',
    });
  }
  return await object.fetch(context.req.raw);
}

async function health(context: GatewayContext): Promise<Response> {
  const code = await projectStub(context.env, projectOf(context)).currentCode();
  if (code === null) throw notDeployed(projectOf(context));
  return jsonResponse(JSON.stringify({ status: 'ok', project: projectOf(context), deployment: code.deployment }), 200);
}

/** Another program has written to the project's database, and says so. */
async function invalidate(context: GatewayContext): Promise<Response> {
  await assertServer(context);
  const looked = await projectStub(context.env, projectOf(context)).lookOutside();
  if (!looked.ok) return failureResponse(looked.error);
  const { changed, refused } = looked;
  return jsonResponse(JSON.stringify({ changed, refused }), 200);
}

/** Answers with what the app's own route answers, held apart from the installation. */
async function serveRoute(context: GatewayContext): Promise<Response> {
  const { env, executionCtx } = context;
  const project = projectOf(context);
  const requestId = newRequestId();
  const object = projectStub(env, project);
  const target = await object.findRoutes(readBearer(context.req.header('authorization')));
  if (target === null) throw notDeployed(project);

  const { code, identity, refusal } = target;
  const url = new URL(context.req.url);
  const path = url.pathname.slice(`/p/${project}/http`.length) || '/';
  const startedAt = Date.now();
  const origin = originOf(context);
  const host = new ProjectActionHost({ env, exports: executionCtx.exports, project, code, identity, requestId, origin });
  const edge = edgeIsolate({ env, project, code, object, exports: executionCtx.exports });
  const served = await edge.serve(toProject(context.req.raw), path, { identity, refusal, requestId, origin }, host);
  const report = { path: `${context.req.method} ${path}`, milliseconds: Date.now() - startedAt, rowsRead: 0, rowsWritten: 0, lines: [] };
  executionCtx.waitUntil(object.recordEdgeCall('http', requestId, { outcome: { ok: true, value: 'null' }, report }));
  return configOf(env).isolatesPages ? fromProject(served) : served;
}

function projectOf(context: GatewayContext): string {
  return context.req.param('project') ?? '';
}

function notDeployed(project: string): BetterBaseError {
  return new BetterBaseError('project/not-found', `There is no project \`${project.slice(0, 80)}\` here.`, {
    hint: 'Check the name, or deploy it with `bb deploy`.',
  });
}
