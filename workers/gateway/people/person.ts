import { BetterBaseError } from '@betterbase/core';
import type { GatewayContext } from '../gateway-context.ts';
import { type AdminRow, readAdmin } from './admin-store.ts';

/**
 * The admin who asks, for what people do to their own accounts.
 *
 * @throws BetterBaseError `admin/no-person`
 */
export async function personOf({ env, var: { principal, session } }: GatewayContext): Promise<AdminRow> {
  const admin = session === null ? null : await readAdmin(env.DB, principal.id);
  if (admin !== null) return admin;
  throw new BetterBaseError('admin/no-person', 'This is for admins who signed in, and what asked is a key.', {
    hint: 'Sign in with `bb login`.',
  });
}
