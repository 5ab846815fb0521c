/** The admin API. What each route needs is in `access/admin-table.ts`. */
import { BetterBaseError, fixedLimits, isPlainObject, limitNames, limitTable } from '@betterbase/core';
import { Hono } from 'hono';
import { guardAdmin } from '../middleware/guard-admin.ts';
import { jsonResponse } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import type { ProjectStub } from '../project-stub.ts';
import { readJson } from '../request-body.ts';
import { runAction } from '../run-action.ts';
import { newRequestId } from '../request-id.ts';
import { json, objectOf } from './admin/answers.ts';
import { auditRoutes } from './admin/audit.ts';
import { deploymentRoutes } from './admin/deployments.ts';
import { iacRoutes } from './admin/iac.ts';
import { keyRoutes } from './admin/keys.ts';
import { providerRoutes } from './admin/provider.ts';
import { projectListRoutes } from './admin/projects.ts';
import { environmentRoutes } from './environment.ts';
import { moveRoutes } from './move.ts';

export function adminRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.use('*', guardAdmin);
  routes.route('/', keyRoutes());
  routes.route('/', auditRoutes());
  routes.route('/', projectListRoutes());
  routes.route('/projects/:project', deploymentRoutes());
  routes.route('/projects/:project', iacRoutes());
  routes.route('/projects/:project', providerRoutes());
  routes.get('/projects/:project/functions', showFunctions);
  routes.get('/projects/:project/limits', showLimits);
  routes.route('/projects/:project/environment', environmentRoutes());
  routes.post('/projects/:project/run', runFunction);
  routes.get('/projects/:project/logs', showLogs);
  routes.route('/projects/:project', moveRoutes());
  return routes;
}

async function showFunctions(context: GatewayContext): Promise<Response> {
  const manifest = await objectOf(context).manifest();
  if (manifest === null)
    throw new BetterBaseError('project/not-deployed', 'This project has no deployment yet.', {
      hint: 'Run `bb deploy` in the app’s folder.',
    });
  return json(manifest);
}

/** Every limit with its value, its default, and how far a project may raise it. */
async function showLimits(context: GatewayContext): Promise<Response> {
  const values = await objectOf(context).limits();
  const limits = limitNames.map((name) => {
    const { default: byDefault, most, unit, what, code } = limitTable[name];
    return { name, value: values[name], default: byDefault, most, unit, what, code, configurable: true };
  });
  const fixed = Object.entries(fixedLimits).map(([name, limit]) => ({ name, ...limit, configurable: false }));
  return json({ limits: [...limits, ...fixed] });
}

/** Calls any function, internal ones included. */
async function runFunction(context: GatewayContext): Promise<Response> {
  const body = await readJson(context.req.raw);
  if (!isPlainObject(body) || typeof body['path'] !== 'string')
    throw new BetterBaseError('http/bad-body', 'The body names no function.', {
      hint: 'Send {"path": "queries/todos:list", "args": {…}}.',
    });
  const { path } = body;
  const { env, executionCtx } = context;
  const object = objectOf(context);
  const args = JSON.stringify(body['args'] ?? {});
  const requestId = newRequestId();
  const kind = await kindOf(object, path);
  if (kind !== 'action') {
    const outcome = await object.call({ kind, path, args, identity: null, reach: 'any', requestId, idempotencyKey: null });
    return outcomeResponse(outcome);
  }
  const target = await object.findAction(path, 'any');
  if (!target.ok) return outcomeResponse(target);
  const call = { path: target.path, args, identity: null, reach: 'any', requestId } as const;
  const result = await runAction({
    env,
    exports: executionCtx.exports,
    project: context.req.param('project') ?? '',
    code: target.code,
    call,
  });
  await object.recordEdgeCall('action', requestId, result);
  return outcomeResponse(result.outcome);
}

/** A path does not say what it is, so the manifest does; what it does not know is left to the query door to refuse. */
async function kindOf(object: ProjectStub, path: string): Promise<'query' | 'mutation' | 'action'> {
  const manifest = await object.manifest();
  const spelled = path.replaceAll(':', '/');
  return manifest?.functions.find((each) => each.path.replaceAll(':', '/') === spelled || each.path === `${path}:default`)?.kind ?? 'query';
}

async function showLogs(context: GatewayContext): Promise<Response> {
  const after = Number(context.req.query('after') ?? 0);
  if (!Number.isSafeInteger(after) || after < 0)
    throw new BetterBaseError('http/bad-body', '`after` is not a sequence number.', {
      hint: 'Use the `sequence` of the last entry you have.',
    });
  const lines = await objectOf(context).logs(after, context.req.query('follow') === '1');
  return new Response(lines, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
}

function outcomeResponse(
  outcome: { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: unknown },
): Response {
  return outcome.ok ? jsonResponse(`{"ok":true,"value":${outcome.value}}`, 200) : json({ ok: false, error: outcome.error });
}
