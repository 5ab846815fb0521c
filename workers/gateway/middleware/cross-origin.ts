/** Pages of other origins: which of them may call a project, and what they may read. */
import { BetterBaseError } from '@betterbase/core';
import type { MiddlewareHandler } from 'hono';
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
export const crossOrigin: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const origin = context.req.header('origin');
  const allowed = origin === undefined ? '*' : await allowedFor(context, origin);
  // Routes of the app's own answer for themselves.
  if (isAppRoute(context)) {
    await next();
    return undefined;
  }
  if (context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined) {
    const response = new Response(null, { status: 204, headers: preflight });
    tell(response.headers, allowed);
    return response;
  }
  if (allowed === null && context.req.header('upgrade') !== undefined)
    throw new BetterBaseError('auth/forbidden', 'Pages of this origin may not connect to this project.', {
      hint: 'Add it to the project’s allowed origins.',
    });
  await next();
  if (context.res.status !== 101) tell(context.res.headers, allowed);
  return undefined;
};

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
