/** Where somebody stands in their minute. */
import { BetterBaseError } from '@betterbase/core';
import type { WindowCounter } from './window-counter.ts';

export interface Gauge {
  readonly limit: number;
  /** How many more there may be. */
  readonly remaining: number;
  /** Seconds until the minute is over. */
  readonly reset: number;
}

/**
 * Counts one request.
 *
 * @throws BetterBaseError `limit/requests`
 */
export function countRequest(counter: WindowCounter, name: string, limit: number, now: number): Gauge {
  const count = counter.count(name, now);
  const reset = counter.secondsLeft(name, now);
  if (count > limit) throw tooManyRequests(limit, reset);
  return { limit, remaining: limit - count, reset };
}

export function tooManyRequests(limit: number, seconds: number): BetterBaseError {
  return new BetterBaseError('limit/requests', `There were more than ${limit} requests of this kind from you within a minute.`, {
    hint: `Try again in ${seconds} seconds.`,
    details: { retryAfter: seconds, limit },
  });
}

/** As clients of other services know them. */
export function tellGauge(headers: Headers, { limit, remaining, reset }: Gauge): void {
  headers.set('x-ratelimit-limit', String(limit));
  headers.set('x-ratelimit-remaining', String(remaining));
  headers.set('x-ratelimit-reset', String(reset));
}
