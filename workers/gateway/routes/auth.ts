/** Where a project's users sign in: `/p/<project>/auth/…`. */
import { RpcTarget } from 'cloudflare:workers';
import { Hono } from 'hono';
import type { UsersPort } from '../../../durable-objects/project/users/users-context.ts';
import { authIsolate } from '../auth-isolate.ts';
import { configOf } from '../env.ts';
import { answerHeaders, failureResponse, toWireError } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { type ProjectStub, projectStub } from '../project-stub.ts';
import { newRequestId } from '../request-id.ts';
import { originOf } from '../request-origin.ts';

export function authRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.all('/auth/*', signIn);
  return routes;
}

/** The users of one project, for a call. */
class ProjectUsersPort extends RpcTarget implements UsersPort {
  readonly #object: ProjectStub;

  constructor(object: ProjectStub) {
    super();
    this.#object = object;
  }

  rows(...operation: Parameters<UsersPort['rows']>): ReturnType<UsersPort['rows']> {
    return this.#object.userRows(...operation);
  }

  enter(...attempt: Parameters<UsersPort['enter']>): ReturnType<UsersPort['enter']> {
    return this.#object.userEnters(...attempt);
  }

  succeeded(...attempt: Parameters<UsersPort['succeeded']>): ReturnType<UsersPort['succeeded']> {
    return this.#object.userSucceeded(...attempt);
  }
}

async function signIn(context: GatewayContext): Promise<Response> {
  const { env, executionCtx } = context;
  const object = projectStub(env, context.req.param('project') ?? '');
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
    return readable(await isolate.users(context.req.raw, call, new ProjectUsersPort(object)));
  } catch (thrown) {
    return failureResponse(toWireError(thrown, newRequestId()));
  }
}

/** Whose request it is, is said in `Authorization` alone; who may read the answer is said of every answer of a project. */
function readable(answer: Response): Response {
  const response = new Response(answer.body, answer);
  for (const [name, value] of Object.entries({ ...answerHeaders, 'cache-control': 'no-store' })) response.headers.set(name, value);
  return response;
}
