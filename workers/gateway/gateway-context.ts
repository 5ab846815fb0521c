import type { Context } from 'hono';
import type { Principal } from './access/principal.ts';
import type { Env } from './env.ts';

/** What Hono needs to know of this Worker. */
export interface GatewayHono {
  Bindings: Env;
  /** There behind the admin API's guard only. `audit`: what the route does, for the audit log; null: nothing to tell. */
  Variables: {
    principal: Principal;
    audit: string | null;
    /** The admin's session; null where a key asks. */
    session: string | null;
  };
}

export type GatewayContext = Context<GatewayHono>;
