import type { AuthSettings } from '@betterbase/protocol/auth';
import type { GenericEndpointContext, User } from 'better-auth';

/** Whether somebody gets into their account without one of their passkeys, as the settings are. */
export async function hasOtherWay({ context }: GenericEndpointContext, user: User, settings: AuthSettings): Promise<boolean> {
  const passkeys = await context.adapter.count({ model: 'passkey', where: [{ field: 'userId', value: user.id }] });
  if (passkeys > 1) return true;
  const { email_password_enabled: byPassword, otp_enabled: byCode, magic_link_enabled: byLink } = settings;
  // With an address that is theirs they can choose a password.
  if (user.emailVerified && (byPassword || byCode || byLink)) return true;
  const { phoneNumberVerified } = user as { readonly phoneNumberVerified?: unknown };
  if (settings.phone_enabled && phoneNumberVerified === true) return true;
  const issuers = new Set([...(context.socialProviders ?? []).map(({ id }) => id), ...Object.keys(settings.oidc_providers)]);
  const accounts = await context.internalAdapter.findAccounts(user.id);
  return accounts.some(({ providerId }) => (providerId === 'credential' ? byPassword : issuers.has(providerId)));
}
