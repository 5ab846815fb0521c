/** Where a project's users sign in: `/p/<project>/auth/…`. */
import { RpcTarget } from 'cloudflare:workers';
import type { RowAnswer, RowOperation, RowsPort } from '@betterbase/providers/rows';
import { Hono } from 'hono';
import { authIsolate } from '../auth-isolate.ts';
import { failureResponse, toWireError } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { type ProjectStub, projectStub } from '../project-stub.ts';
import { newRequestId } from '../request-id.ts';

export function authRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.all('/auth/*', signIn);
  return routes;
}

/** The users' rows of one project, for a call. */
class ProjectRows extends RpcTarget implements RowsPort {
  readonly #object: ProjectStub;

  constructor(object: ProjectStub) {
    super();
    this.#object = object;
  }

  rows(operation: RowOperation): Promise<RowAnswer> {
    return this.#object.userRows(operation);
  }
}

async function signIn(context: GatewayContext): Promise<Response> {
  const { env, executionCtx } = context;
  const object = projectStub(env, context.req.param('project') ?? '');
  const known = await object.users();
  if (!known.ok) return failureResponse({ ...known.error, requestId: newRequestId() });
  const origin = env.PUBLIC_URL ?? new URL(context.req.url).origin;
  try {
    const isolate = authIsolate(env, executionCtx.exports);
    return readable(await isolate.users(withoutCookies(context.req.raw), { context: known.context, origin }, new ProjectRows(object)));
  } catch (thrown) {
    return failureResponse(toWireError(thrown, newRequestId()));
  }
}

/** Whose request it is, is said in `Authorization` alone: what a browser adds by itself means nothing here. */
function withoutCookies(request: Request): Request {
  const own = new Request(request);
  own.headers.delete('cookie');
  return own;
}

/** For pages of any origin. */
function readable(answer: Response): Response {
  const response = new Response(answer.body, answer);
  response.headers.delete('set-cookie');
  response.headers.set('access-control-allow-origin', '*');
  response.headers.set('access-control-expose-headers', 'set-auth-token, x-retry-after, x-betterbase-error');
  response.headers.set('cache-control', 'no-store');
  return response;
}
