import type { MiddlewareHandler } from 'hono';
import type { GatewayHono } from '../gateway-context.ts';

const allowed = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-client-info, convex-client, apikey, auth-challenge',
  'access-control-expose-headers': 'x-betterbase-error',
  'access-control-max-age': '86400',
};

/** Answers the browser's question before a call from another origin. No cookie is ever read, so any origin may ask. */
export const answerPreflight: MiddlewareHandler<GatewayHono> = async (context, next) => {
  if (context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined) {
    return new Response(null, { status: 204, headers: allowed });
  }
  await next();
  return undefined;
};
