/** Calling a project's functions over HTTP, in Convex's shape (`/api/query`) and in BetterBase's (`/betterbase/query/<path>`). */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import { Hono } from 'hono';
import type { ProjectCall } from '../../../durable-objects/project/project-door.ts';
import { bearerToken } from '../bearer-token.ts';
import { convexFailureResponse, failureResponse, jsonResponse, toWireError } from '../failure.ts';
import { projectStub } from '../project-stub.ts';
import { readJson } from '../request-body.ts';
import { runAction } from '../run-action.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';

type CallKind = 'query' | 'mutation' | 'action';

export function functionRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  for (const kind of ['query', 'mutation', 'action'] as const) {
    routes.post(`/api/${kind}`, (context) => answerConvex(context, kind));
  }
  routes.post('/betterbase/:kind/:path{.+}', answerBetterBase);
  return routes;
}

async function answerConvex(context: GatewayContext, kind: CallKind): Promise<Response> {
  const requestId = newRequestId();
  try {
    const body = await readJson(context.req.raw);
    if (!isPlainObject(body) || typeof body['path'] !== 'string') throw noPath();
    // Convex's clients send the one argument object in an array.
    const args: unknown = Array.isArray(body['args']) ? body['args'][0] : body['args'];
    const outcome = await callFunction(context, { kind, path: body['path'], args, requestId });
    if (outcome.ok) return jsonResponse(`{"status":"success","value":${outcome.value},"logLines":[]}`, 200);
    return convexFailureResponse(outcome.error);
  } catch (thrown) {
    return convexFailureResponse(toWireError(thrown, requestId));
  }
}

async function answerBetterBase(context: GatewayContext): Promise<Response> {
  const requestId = newRequestId();
  try {
    const kind = parseKind(context.req.param('kind') ?? '');
    const body = await readJson(context.req.raw);
    if (!isPlainObject(body)) throw new BetterBaseError('http/bad-body', 'The body is not an object.', { hint: 'Send {"args": {…}}.' });
    const outcome = await callFunction(context, { kind, path: context.req.param('path') ?? '', args: body['args'], requestId });
    if (outcome.ok) return jsonResponse(`{"result":${outcome.value}}`, 200);
    return failureResponse(outcome.error);
  } catch (thrown) {
    return failureResponse(toWireError(thrown, requestId));
  }
}

interface Wanted {
  readonly kind: CallKind;
  readonly path: string;
  readonly args: unknown;
  readonly requestId: string;
}

async function callFunction(context: GatewayContext, { kind, path, args: given, requestId }: Wanted): Promise<Outcome> {
  const args = JSON.stringify(given ?? {});
  const token = bearerToken(context.req.header('authorization'));
  const object = projectStub(context.env, context.req.param('project') ?? '');
  if (kind === 'action') return await callAction(context, { path, args, requestId, token });
  const call: ProjectCall = {
    kind,
    path,
    args,
    identity: null,
    ...(token === null ? {} : { token }),
    reach: 'public',
    requestId,
    idempotencyKey: context.req.header('idempotency-key') ?? null,
  };
  return await object.call(call);
}

async function callAction(
  context: GatewayContext,
  {
    path,
    args,
    requestId,
    token,
  }: { readonly path: string; readonly args: string; readonly requestId: string; readonly token: string | null },
): Promise<Outcome> {
  const project = context.req.param('project') ?? '';
  const object = projectStub(context.env, project);
  const target = await object.findAction(path, 'public', token ?? undefined, requestId);
  if (!target.ok) return { ok: false, error: withRequestId(target.error, requestId) };
  const result = await runAction({
    env: context.env,
    exports: context.executionCtx.exports,
    project,
    code: target.code,
    call: { path: target.path, args, identity: target.identity, reach: 'public', requestId },
  });
  context.executionCtx.waitUntil(object.recordEdgeCall('action', requestId, result));
  return result.outcome;
}

function withRequestId(error: WireError, requestId: string): WireError {
  return { ...error, requestId };
}

/** `query` and `queries` and the like: calls are written with the singular, paths with the plural. */
function parseKind(text: string): CallKind {
  switch (text) {
    case 'query':
    case 'queries':
      return 'query';
    case 'mutation':
    case 'mutations':
      return 'mutation';
    case 'action':
    case 'actions':
      return 'action';
    default:
      throw new BetterBaseError('http/not-found', `There is no kind of function called ${JSON.stringify(text.slice(0, 40))}.`, {
        hint: 'Use /betterbase/query/…, /betterbase/mutation/… or /betterbase/action/….',
      });
  }
}

function noPath(): BetterBaseError {
  return new BetterBaseError('http/bad-body', 'The body names no function.', { hint: 'Send {"path": "queries/todos:list", "args": {…}}.' });
}

export function newRequestId(): string {
  return crypto.randomUUID();
}
