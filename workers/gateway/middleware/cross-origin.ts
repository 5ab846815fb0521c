/** Pages of other origins: which of them may call a project, and what they may read. */
import { BetterBaseError } from '@betterbase/core';
import type { MiddlewareHandler, Next } from 'hono';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { originsOf } from '../limits/allowed-origins.ts';

const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-client-info, convex-client, apikey, auth-challenge',
  'access-control-max-age': '86400',
};
const exposed =
  'x-betterbase-error, set-auth-token, retry-after, x-retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset';

/**
 * Answers the browser's question before a call from another origin, and says of each answer who may read it. No cookie is ever
 * read for a project, so where nothing is set any origin may ask.
 *
 * @throws BetterBaseError `auth/forbidden` for a socket, which browsers open without asking
 */
export const crossOrigin: MiddlewareHandler<GatewayHono> = (context, next) => {
  const origin = context.req.header('origin');
  // Whoever is no page need not be told.
  if (origin === undefined) return next();
  return isAppRoute(context) ? answerAppRoute(context, next) : answerPage(context, origin, next);
};

/** Routes of the app's own answer for themselves. Where the app has none that is asked before a call, any page may make it. */
async function answerAppRoute(context: GatewayContext, next: Next): Promise<void> {
  await next();
  if (isPreflight(context) && context.res.status === 404) context.res = answerPreflight('*');
}

function isPreflight({ req }: GatewayContext): boolean {
  return req.method === 'OPTIONS' && req.header('access-control-request-method') !== undefined;
}

function answerPreflight(allowed: string | null): Response {
  const response = new Response(null, { status: 204, headers: preflight });
  tell(response.headers, allowed);
  return response;
}

async function answerPage(context: GatewayContext, origin: string, next: Next): Promise<Response | undefined> {
  const allowed = await allowedFor(context, origin);
  if (isPreflight(context)) return answerPreflight(allowed);
  if (allowed === null && context.req.header('upgrade') !== undefined)
    throw new BetterBaseError('auth/forbidden', 'Pages of this origin may not connect to this project.', {
      hint: 'Add it to the project’s allowed origins.',
    });
  await next();
  if (context.res.status !== 101) tell(context.res.headers, allowed);
  return undefined;
}

async function allowedFor(context: GatewayContext, origin: string): Promise<string | null> {
  const origins = await originsOf(context, context.req.path.split('/')[2] ?? '');
  if (origins.length === 0) return '*';
  return origins.includes(origin) ? origin : null;
}

function tell(headers: Headers, allowed: string | null): void {
  if (allowed === null) headers.delete('access-control-allow-origin');
  else {
    headers.set('access-control-allow-origin', allowed);
    headers.set('access-control-expose-headers', exposed);
  }
  if (allowed !== '*') headers.append('vary', 'origin');
}

function isAppRoute({ req: { path } }: GatewayContext): boolean {
  return /^\/p\/[^/]+\/http(?:\/|$)/.test(path);
}
