import type { RequestOrigin } from '@betterbase/engine';
import type { GatewayContext } from './gateway-context.ts';

/** Cloudflare says whose address it is, and lets no caller say so. */
export function originOf(context: GatewayContext): RequestOrigin {
  return { ip: context.req.header('cf-connecting-ip') ?? null, userAgent: context.req.header('user-agent') ?? null };
}
