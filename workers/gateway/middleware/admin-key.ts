import { BetterBaseError } from '@betterbase/core';
import type { MiddlewareHandler } from 'hono';
import { configOf, type Env } from '../env.ts';
import type { GatewayHono } from '../gateway-context.ts';

/** Lets those in who have the installation's admin key. @throws BetterBaseError `auth/required`, `auth/bad-key` */
export const requireAdminKey: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const [scheme, given] = (context.req.header('authorization') ?? '').split(' ', 2);
  if (scheme?.toLowerCase() !== 'bearer' || given === undefined || given === '') {
    throw new BetterBaseError('auth/required', 'The admin API needs the admin key.', { hint: 'Send it as `Authorization: Bearer <key>`.' });
  }
  await checkAdminKey(context.env, given);
  await next();
};

/** @throws BetterBaseError `auth/bad-key` */
export async function checkAdminKey(env: Env, given: string): Promise<void> {
  const { adminKey } = configOf(env);
  if (adminKey !== null && (await isSame(given, adminKey.reveal()))) return;
  throw new BetterBaseError('auth/bad-key', 'This is not the admin key of this installation.', {
    hint: 'Under `bb dev` it is in .betterbase/dev.json; deployed, it is the secret ADMIN_KEY.',
  });
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
async function isSame(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(a, b);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
}
