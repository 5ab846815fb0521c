import { BetterBaseError } from '@betterbase/core';
import { type AdminRule, adminTable, isAdminRoute, rateClasses } from '@betterbase/protocol/admin';
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { findPrincipal } from '../access/find-principal.ts';
import { assertMay, assertMaySomewhere, type Principal } from '../access/principal.ts';
import { WindowCounter } from '../access/window-counter.ts';
import { readBearer } from '../bearer-token.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { assertProjectName } from '../project-stub.ts';

const requests = new WindowCounter();

/**
 * Lets those in whose key may do what the route does.
 *
 * @throws BetterBaseError `auth/required`, `auth/bad-key`, `auth/too-many-attempts`, `auth/forbidden`, `limit/requests`
 */
export const guardAdmin: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const key = readBearer(context.req.header('authorization'));
  if (key === null)
    throw new BetterBaseError('auth/required', 'The admin API needs a key.', { hint: 'Send it as `Authorization: Bearer <key>`.' });
  const { principal, row } = await findPrincipal(context, key);
  if (row !== null && row.role === null)
    throw new BetterBaseError('auth/forbidden', `A ${row.kind} key administers nothing.`, { hint: 'Use the project’s admin key.' });
  const rule = ruleOf(context);
  if (rule !== null) authorize(principal, rule, context);
  context.set('principal', principal);
  context.set('audit', rule?.audit ?? null);
  await next();
};

function authorize(principal: Principal, { permission, scope, rate }: AdminRule, context: GatewayContext): void {
  const project = scope === 'project' ? projectOf(context) : null;
  if (permission !== null && scope === 'own') assertMaySomewhere(principal, permission);
  else if (permission !== null) assertMay(principal, permission, project);
  // The root key is the way in when everything else is lost.
  if (principal.id === 'root') return;
  const now = Date.now();
  const counted = `${principal.id} ${rate}`;
  if (requests.count(counted, now) <= rateClasses[rate]) return;
  const retryAfter = requests.secondsLeft(counted, now);
  throw new BetterBaseError('limit/requests', `This key has made more than ${rateClasses[rate]} requests of this kind within a minute.`, {
    hint: `Try again in ${retryAfter} seconds.`,
    details: { retryAfter },
  });
}

/** Of the route that will answer; null where none will. */
function ruleOf(context: GatewayContext): AdminRule | null {
  const route = matchedRoutes(context).find(({ method }) => method !== 'ALL');
  if (route === undefined) return null;
  const name = `${route.method} ${route.path}`;
  if (isAdminRoute(name)) return adminTable[name];
  throw new BetterBaseError('auth/forbidden', 'Nobody may use this address.');
}

/** As it is written in the address: a name that is one has nothing in it that could be written in another way. */
function projectOf(context: GatewayContext): string {
  const name = new URL(context.req.url).pathname.split('/')[3] ?? '';
  assertProjectName(name);
  return name;
}
