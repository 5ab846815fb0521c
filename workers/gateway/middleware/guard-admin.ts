import { BetterBaseError } from '@betterbase/core';
import { type AdminRule, adminTable, isAdminRoute, rateClasses } from '@betterbase/protocol/admin';
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { addressOf, findPrincipal, type FoundKey } from '../access/find-principal.ts';
import { isSessionToken } from '../access/key-text.ts';
import { assertMay, assertMaySomewhere, type Principal } from '../access/principal.ts';
import { countRequest, type Gauge, tellGauge } from '../limits/gauge.ts';
import { WindowCounter } from '../limits/window-counter.ts';
import { readBearer } from '../bearer-token.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { assertSameOrigin, cookieOf } from '../people/sign-in.ts';
import { assertProjectName } from '../project-stub.ts';
import { assertAllowedAddress } from '../settings/allowed-address.ts';

const requests = new WindowCounter();

/**
 * Lets those in who may do what the route does: with a key, or signed in.
 *
 * @throws BetterBaseError `auth/required`, `auth/bad-key`, `auth/session-ended`, `auth/too-many-attempts`, `auth/forbidden`, `limit/requests`
 */
export const guardAdmin: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const rule = ruleOf(context);
  context.set('audit', rule?.audit ?? null);
  context.set('session', null);
  if (rule?.scope === 'open') {
    await assertAllowedAddress(context);
    const gauge = countAs(`address ${addressOf(context)}`, 'signIn');
    await next();
    return tellGauge(context.res.headers, gauge);
  }
  const { principal, row, session } = await whoAsks(context);
  if (row !== null && row.role === null)
    throw new BetterBaseError('auth/forbidden', `A ${row.kind} key administers nothing.`, { hint: 'Use the project’s admin key.' });
  // The root key is the way in when everything else is lost.
  if (principal.kind !== 'root') await assertAllowedAddress(context);
  const gauge = rule === null ? null : authorize(principal, rule, context);
  context.set('principal', principal);
  context.set('session', session);
  await next();
  if (gauge !== null) tellGauge(context.res.headers, gauge);
};

async function whoAsks(context: GatewayContext): Promise<FoundKey> {
  const key = readBearer(context.req.header('authorization'));
  if (key !== null) return await findPrincipal(context, key);
  const token = cookieOf(context);
  if (token !== null && isSessionToken(token)) {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') assertSameOrigin(context);
    return await findPrincipal(context, token);
  }
  throw new BetterBaseError('auth/required', 'The admin API needs a key, or somebody who has signed in.', {
    hint: 'Send a key as `Authorization: Bearer <key>`, or sign in.',
  });
}

function authorize(principal: Principal, { permission, scope, rate }: AdminRule, context: GatewayContext): Gauge | null {
  const project = scope === 'project' ? projectOf(context) : null;
  if (permission !== null && scope === 'own') assertMaySomewhere(principal, permission);
  else if (permission !== null) assertMay(principal, permission, project);
  return principal.kind === 'root' ? null : countAs(principal.id, rate);
}

/** @throws BetterBaseError `limit/requests` */
function countAs(who: string, rate: AdminRule['rate']): Gauge {
  return countRequest(requests, `${who} ${rate}`, rateClasses[rate], Date.now());
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
