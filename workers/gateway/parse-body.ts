import { BetterBaseError } from '@betterbase/core';
import type * as z from 'zod/mini';
import type { GatewayContext } from './gateway-context.ts';
import { readJson } from './request-body.ts';
import { inEnglish } from './schema-messages.ts';

/** @throws BetterBaseError `http/bad-json`, `http/bad-body` with everything that is wrong with it */
export async function parseBody<T>(context: GatewayContext, shape: z.ZodMiniType<T>, hint: string): Promise<T> {
  const parsed = shape.safeParse(await readJson(context.req.raw), inEnglish);
  if (parsed.success) return parsed.data;
  throw new BetterBaseError('http/bad-body', 'The body is not what is wanted here.', {
    hint,
    details: { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
  });
}
