/** Where a project's users sign in: `/p/<project>/auth/…`. */
import { Hono } from 'hono';
import { authIsolate } from '../auth-isolate.ts';
import { configOf } from '../env.ts';
import { answerHeaders, failureResponse, toWireError } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { projectStub } from '../project-stub.ts';
import { newRequestId } from '../request-id.ts';
import { originOf } from '../request-origin.ts';
import { ProjectUsersPort } from '../users-port.ts';

export function authRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.all('/auth/*', (context) => signIn(context, context.req.raw));
  // The same under the name that better-auth's own clients look for.
  routes.all('/api/auth/*', (context) => signIn(context, new Request(context.req.url.replace('/api/auth/', '/auth/'), context.req.raw)));
  return routes;
}

async function signIn(context: GatewayContext, request: Request): Promise<Response> {
  const { env, executionCtx } = context;
  const project = context.req.param('project') ?? '';
  const object = projectStub(env, project);
  const known = await object.users();
  if (!known.ok) return failureResponse({ ...known.error, requestId: newRequestId() });
  const call = {
    context: known.context,
    origin: env.PUBLIC_URL ?? new URL(context.req.url).origin,
    isDevelopment: configOf(env).isDevelopment,
    address: originOf(context).ip,
  };
  try {
    const isolate = authIsolate(env, executionCtx.exports);
    const port = new ProjectUsersPort(object, project, { env, executionCtx });
    // Messages are sent after the answer, and may need us.
    executionCtx.waitUntil(port.closed);
    return readable(await isolate.users(request, call, port));
  } catch (thrown) {
    return failureResponse(toWireError(thrown, newRequestId()));
  }
}

/** Whose request it is, is said in `Authorization` alone; who may read the answer is said of every answer of a project. */
function readable(answer: Response): Response {
  const response = new Response(answer.body, answer);
  // What is a page says itself what it may load.
  for (const [name, value] of Object.entries({ ...answerHeaders, 'cache-control': 'no-store' }))
    if (name !== 'content-security-policy' || !response.headers.has(name)) response.headers.set(name, value);
  return response;
}
