/** Convex's HTTP API, as its clients speak it. Their sockets come in at `/api/<version>/sync`. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import { decodeTimestamp, encodeTimestamp, toConvexLogLines } from '@betterbase/protocol';
import { Hono } from 'hono';
import type { CallKind } from '../../../durable-objects/project/project-door.ts';
import { callFunction, projectCall } from '../call-function.ts';
import { convexCaller } from '../convex-caller.ts';
import { convexFailureResponse, jsonResponse, toWireError } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { projectStub } from '../project-stub.ts';
import { readJson } from '../request-body.ts';
import { newRequestId } from '../request-id.ts';

export function convexRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  for (const kind of ['query', 'mutation', 'action'] as const) {
    routes.post(`/api/${kind}`, (context) => answer(context, (requestId) => callNamed(context, requestId, kind)));
  }
  routes.post('/api/function', (context) => answer(context, (requestId) => callNamed(context, requestId, null)));
  routes.post('/api/run/:path{.+}', (context) => answer(context, (requestId) => callAddressed(context, requestId)));
  routes.post('/api/query_ts', tellVersion);
  routes.post('/api/query_at_ts', (context) => answer(context, (requestId) => queryAt(context, requestId)));
  return routes;
}

interface CallBody {
  readonly path: string;
  readonly args: unknown;
  readonly ts: unknown;
}

async function answer(context: GatewayContext, call: (requestId: string) => Promise<Outcome>): Promise<Response> {
  const requestId = newRequestId();
  const isClient = context.req.header('convex-client')?.startsWith('npm-') === true;
  try {
    const outcome = await call(requestId);
    if (!outcome.ok) return convexFailureResponse(outcome.error, isClient, outcome.lines);
    const lines = JSON.stringify(toConvexLogLines(outcome.lines));
    return jsonResponse(`{"status":"success","value":${outcome.value},"logLines":${lines}}`, 200);
  } catch (thrown) {
    return convexFailureResponse(toWireError(thrown, requestId), isClient);
  }
}

/** `null`: whatever kind of function it is. */
async function callNamed(context: GatewayContext, requestId: string, kind: CallKind | null): Promise<Outcome> {
  const { path, args } = await readCall(context);
  return await callFunction(context, {
    kind: kind ?? (await kindOf(context, path)),
    path,
    args,
    caller: await convexCaller(context),
    requestId,
  });
}

/** The address names the function: `/api/run/queries/todos/list`. */
async function callAddressed(context: GatewayContext, requestId: string): Promise<Outcome> {
  const path = context.req.param('path') ?? '';
  const body = await readJson(context.req.raw);
  const args = isPlainObject(body) ? argsOf(body) : {};
  return await callFunction(context, { kind: await kindOf(context, path), path, args, caller: await convexCaller(context), requestId });
}

async function tellVersion(context: GatewayContext): Promise<Response> {
  const told = await projectStub(context.env, context.req.param('project') ?? '').version();
  if (!told.ok) return convexFailureResponse(told.error, false);
  return jsonResponse(JSON.stringify({ ts: encodeTimestamp(told.version) }), 200);
}

async function queryAt(context: GatewayContext, requestId: string): Promise<Outcome> {
  const { path, args, ts } = await readCall(context);
  const version = typeof ts === 'string' ? decodeTimestamp(ts) : null;
  if (version === null) throw new BetterBaseError('http/bad-body', '`ts` is not what /api/query_ts gave.', { hint: 'Ask it first.' });
  const call = projectCall(context, { kind: 'query', path, args, caller: await convexCaller(context), requestId });
  return await projectStub(context.env, context.req.param('project') ?? '').callAt(call, version);
}

/** A path that names nothing is left to the query door to refuse. */
async function kindOf(context: GatewayContext, path: string): Promise<CallKind> {
  return (await projectStub(context.env, context.req.param('project') ?? '').kindOf(path)) ?? 'query';
}

async function readCall(context: GatewayContext): Promise<CallBody> {
  const body = await readJson(context.req.raw);
  if (!isPlainObject(body) || typeof body['path'] !== 'string') {
    throw new BetterBaseError('http/bad-body', 'The body names no function.', {
      hint: 'Send {"path": "queries/todos:list", "args": {…}}.',
    });
  }
  return { path: body['path'], args: argsOf(body), ts: body['ts'] };
}

/** Clients send the one argument object in a list. */
function argsOf({ args }: Record<string, unknown>): unknown {
  return Array.isArray(args) ? args[0] : args;
}
