import type { Context } from 'hono';
import type { Env } from './env.ts';

/** What Hono needs to know of this Worker. */
export interface GatewayHono {
  Bindings: Env;
}

export type GatewayContext = Context<GatewayHono>;
