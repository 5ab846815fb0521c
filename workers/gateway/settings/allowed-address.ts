import { BetterBaseError } from '@betterbase/core';
import { addressOf } from '../access/find-principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { isWithin } from './address-range.ts';
import { settingsOf } from './read-settings.ts';

/**
 * Whether the installation may be administered from where this request comes.
 *
 * @throws BetterBaseError `auth/forbidden`
 */
export async function assertAllowedAddress(context: GatewayContext): Promise<void> {
  const { ip_allowlist: ranges } = await settingsOf(context.env);
  if (ranges.length === 0) return;
  const address = addressOf(context);
  if (address !== null && ranges.some((range) => isWithin(address, range))) return;
  throw new BetterBaseError('auth/forbidden', 'This installation is not administered from your address.', {
    hint: 'Its setting `ip_allowlist` says from where. The installation’s own key opens it from anywhere.',
  });
}
