import { addressGroup } from '@betterbase/providers/lockout';
import type { MiddlewareHandler, Next } from 'hono';
import { addressOf } from '../access/find-principal.ts';
import { configOf } from '../env.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { countRequest, type Gauge, tellGauge, tooManyRequests } from '../limits/gauge.ts';
import { defaultRates, type ProjectRate, rateOf } from '../limits/project-rates.ts';
import { WindowCounter } from '../limits/window-counter.ts';

const requests = new WindowCounter();
const loopback = /^(?:127\.|::1$|::ffff:127\.)/;
/** Of what somebody shows, enough to tell them apart: the end of a signature, or of a random key. */
const shownCharacters = 24;
/** The platform's own counter, which knows the other isolates of the place, is asked from this part of a limit on. */
const partUncounted = 0.1;

/**
 * Keeps one address, and one token or key, from taking a project from all others.
 *
 * Where the network does not say whose address it is, nothing is counted by it.
 *
 * @throws BetterBaseError `limit/requests`
 */
export const limitRequests: MiddlewareHandler<GatewayHono> = (context, next) => {
  const address = addressOf(context);
  // On a developer's machine, and nowhere else, requests come from itself.
  if (address !== null && loopback.test(address)) return next();
  const shown = context.req.header('authorization') ?? context.req.header('apikey');
  return address === null && shown === undefined ? next() : limit(context, { address, shown }, next);
};

interface Caller {
  readonly address: string | null;
  /** A token or key, not verified. */
  readonly shown: string | undefined;
}

async function limit(context: GatewayContext, caller: Caller, next: Next): Promise<void> {
  const gauge = await count(context, caller);
  await next();
  // A socket that is open has no headers any more.
  if (gauge !== null && context.res.status !== 101) tellGauge(context.res.headers, gauge);
}

async function count(context: GatewayContext, { address, shown }: Caller): Promise<Gauge | null> {
  const { path } = context.req;
  const [, , project = '', ...rest] = path.split('/');
  const rate = rateOf(context.req.method, `/${rest.join('/')}`);
  const most = configOf(context.env).rates[rate];
  if (most === 0) return null;
  const now = Date.now();
  const byCaller =
    shown === undefined || rate !== 'call' ? null : countRequest(requests, `${project} ${shown.slice(-shownCharacters)}`, most, now);
  if (address === null) return byCaller;
  const name = `${project} ${rate} ${addressGroup(address)}`;
  const byAddress = countRequest(requests, name, most, now);
  // Its limits are fixed where it is bound: who allows more here would be held to them.
  if (most <= defaultRates[rate] && most - byAddress.remaining > most * partUncounted) await askPlatform(context, rate, name, byAddress);
  return byCaller !== null && byCaller.remaining < byAddress.remaining ? byCaller : byAddress;
}

async function askPlatform({ env }: GatewayContext, rate: ProjectRate, name: string, { limit, reset }: Gauge): Promise<void> {
  const limiter = { call: env.RATE_CALL, socket: env.RATE_SOCKET, 'sign-in': env.RATE_SIGN_IN }[rate];
  if (limiter === undefined) return;
  const { success } = await limiter.limit({ key: name });
  if (!success) throw tooManyRequests(limit, reset);
}
