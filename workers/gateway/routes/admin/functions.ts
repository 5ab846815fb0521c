/** The admin API of a deployed app as it runs: its functions, their calls, and the limits on them. */
import { BetterBaseError, fixedLimits, limitNames, limitTable } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { Hono } from 'hono';
import { jsonResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import type { ProjectStub } from '../../project-stub.ts';
import { newRequestId } from '../../request-id.ts';
import { runAction } from '../../run-action.ts';
import { json, objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function functionRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects/:project/functions', async (context) => {
    const manifest = await objectOf(context).manifest();
    if (manifest !== null) return manifest;
    throw new BetterBaseError('project/not-deployed', 'This project has no deployment yet.', {
      hint: 'Run `bb deploy` in the app’s folder.',
    });
  });
  serve(routes, 'GET /admin/projects/:project/limits', showLimits);
  serve(routes, 'POST /admin/projects/:project/run', runFunction);
  serve(routes, 'GET /admin/projects/:project/logs', async (context, { query }) => {
    const lines = await objectOf(context).logs(query.after, query.follow === '1');
    return new Response(lines, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
  });
  return routes;
}

/** Every limit with its value, its default, and how far a project may raise it. */
async function showLimits(context: GatewayContext): Promise<AnswerOf<'GET /admin/projects/:project/limits'>> {
  const values = await objectOf(context).limits();
  const limits = limitNames.map((name) => {
    const { default: byDefault, most, unit, what, code } = limitTable[name];
    return { name, value: values[name], default: byDefault, most, unit, what, code, configurable: true };
  });
  const fixed = Object.entries(fixedLimits).map(([name, limit]) => ({ name, ...limit, configurable: false }));
  return { limits: [...limits, ...fixed] };
}

/** Calls any function, internal ones included. */
async function runFunction(
  context: GatewayContext,
  { body: { path, args: given = {} } }: ParsedRequest<'POST /admin/projects/:project/run'>,
): Promise<Response> {
  const { env, executionCtx } = context;
  const object = objectOf(context);
  const args = JSON.stringify(given ?? {});
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

function outcomeResponse(
  outcome: { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: unknown },
): Response {
  return outcome.ok ? jsonResponse(`{"ok":true,"value":${outcome.value}}`, 200) : json({ ok: false, error: outcome.error });
}
