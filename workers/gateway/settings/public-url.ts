import type { GatewayContext } from '../gateway-context.ts';
import { settingsOf } from './read-settings.ts';

/** Where the installation is reached, for links: without a path or a slash at the end. */
export async function publicUrlOf({ env, req }: GatewayContext): Promise<string> {
  return (await settingsOf(env)).public_url ?? env.PUBLIC_URL ?? new URL(req.url).origin;
}
