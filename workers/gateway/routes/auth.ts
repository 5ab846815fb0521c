/** Where a project's users sign in: `/p/<project>/auth/…`. */
import { RpcTarget } from 'cloudflare:workers';
import { Hono } from 'hono';
import type { Handed } from '../../auth/messages/message.ts';
import type { CallPort } from '../../auth/users/call-port.ts';
import { authIsolate } from '../auth-isolate.ts';
import { configOf } from '../env.ts';
import { answerHeaders, failureResponse, toWireError } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { type ProjectStub, projectStub } from '../project-stub.ts';
import { newRequestId } from '../request-id.ts';
import { originOf } from '../request-origin.ts';
import type { MailContext } from '../settings/mail.ts';
import { shareMail } from '../settings/shared-mail.ts';

export function authRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.all('/auth/*', signIn);
  return routes;
}

/** The users of one project, for a call. */
class ProjectUsersPort extends RpcTarget implements CallPort {
  readonly #object: ProjectStub;
  readonly #project: string;
  readonly #context: MailContext;
  /** Nobody will ask any more. */
  readonly closed: Promise<void>;
  readonly #close: () => void;

  constructor(object: ProjectStub, project: string, context: MailContext) {
    super();
    this.#object = object;
    this.#project = project;
    this.#context = context;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = resolve;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  rows(...operation: Parameters<CallPort['rows']>): ReturnType<CallPort['rows']> {
    return this.#object.userRows(...operation);
  }

  enter(...attempt: Parameters<CallPort['enter']>): ReturnType<CallPort['enter']> {
    return this.#object.userEnters(...attempt);
  }

  succeeded(...attempt: Parameters<CallPort['succeeded']>): ReturnType<CallPort['succeeded']> {
    return this.#object.userSucceeded(...attempt);
  }

  upgrade(...upgrade: Parameters<CallPort['upgrade']>): ReturnType<CallPort['upgrade']> {
    return this.#object.userUpgrades(...upgrade);
  }

  merge(...users: Parameters<CallPort['merge']>): ReturnType<CallPort['merge']> {
    return this.#object.userMerges(...users);
  }

  lost(...message: Parameters<CallPort['lost']>): ReturnType<CallPort['lost']> {
    return this.#object.userLost(...message);
  }

  share(...[message]: Parameters<CallPort['share']>): Promise<Handed> {
    return shareMail(this.#context, this.#project, this.#object, message);
  }
}

async function signIn(context: GatewayContext): Promise<Response> {
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
    return readable(await isolate.users(context.req.raw, call, port));
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
