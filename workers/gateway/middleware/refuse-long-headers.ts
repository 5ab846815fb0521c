import { BetterBaseError, fixedLimits } from '@betterbase/core';
import type { MiddlewareHandler } from 'hono';
import type { GatewayHono } from '../gateway-context.ts';

const longest = fixedLimits.headerCharacters.value;

/**
 * What is looked up, kept or compared has a size that we know.
 *
 * @throws BetterBaseError `http/headers-too-large`
 */
export const refuseLongHeaders: MiddlewareHandler<GatewayHono> = (context, next) => {
  const { url, headers } = context.req.raw;
  if (url.length > longest) throw tooLong('address');
  for (const name of ['authorization', 'apikey', 'cookie']) if ((headers.get(name)?.length ?? 0) > longest) throw tooLong(`header ${name}`);
  return next();
};

function tooLong(what: string): BetterBaseError {
  return new BetterBaseError('http/headers-too-large', `The ${what} has more than ${longest} characters.`, {
    hint: 'Send what is long in the body.',
  });
}
