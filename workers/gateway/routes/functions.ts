/** Calling a project's functions over HTTP: `/betterbase/query/<path>`. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import { Hono } from 'hono';
import type { CallKind } from '../../../durable-objects/project/project-door.ts';
import { callFunction } from '../call-function.ts';
import { failureResponse, jsonResponse, toWireError } from '../failure.ts';
import { keyCaller } from '../key-caller.ts';
import { newRequestId } from '../request-id.ts';
import { readJson } from '../request-body.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';

export function functionRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.post('/betterbase/:kind/:path{.+}', answerBetterBase);
  return routes;
}

async function answerBetterBase(context: GatewayContext): Promise<Response> {
  const requestId = newRequestId();
  try {
    const kind = parseKind(context.req.param('kind') ?? '');
    const body = await readJson(context.req.raw);
    if (!isPlainObject(body)) throw new BetterBaseError('http/bad-body', 'The body is not an object.', { hint: 'Send {"args": {…}}.' });
    const caller = await keyCaller(context);
    const outcome = await callFunction(context, { kind, path: context.req.param('path') ?? '', args: body['args'], caller, requestId });
    if (outcome.ok) return jsonResponse(`{"result":${outcome.value}}`, 200);
    return failureResponse(outcome.error);
  } catch (thrown) {
    return failureResponse(toWireError(thrown, requestId));
  }
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
