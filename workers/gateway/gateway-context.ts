import type { Context } from 'hono';
import type { Principal } from './access/principal.ts';
import type { Env } from './env.ts';

/** What Hono needs to know of this Worker. */
export interface GatewayHono {
  Bindings: Env;
  /** `principal` is there behind the admin API's guard only. */
  Variables: { principal: Principal };
}

export type GatewayContext = Context<GatewayHono>;
