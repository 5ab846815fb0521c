/** The ways in that a project's settings turn on. Each is a module of its own: what nobody uses is not loaded. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthPlugin } from 'better-auth';
import type { MessageFacts } from '../../messages/compose-message.ts';
import { providerChecks } from '../oauth/providers.ts';
import { relyingParty } from '../passkeys/passkey-pages.ts';

export interface WaysInParts {
  readonly project: string;
  readonly settings: AuthSettings;
  /** Environment values of issuers. */
  readonly values: Readonly<Record<string, string>>;
  readonly isDevelopment: boolean;
  readonly send: (facts: Omit<MessageFacts, 'app'>) => Promise<void>;
}

export async function waysIn(parts: WaysInParts): Promise<readonly BetterAuthPlugin[]> {
  const { settings, project, values, isDevelopment } = parts;
  const checks = providerChecks(project, settings, values);
  const domain = settings.passkey_enabled ? relyingParty(settings, isDevelopment) : null;
  return await Promise.all([
    ...(settings.anonymous_enabled ? [import('./anonymous.ts').then(({ anonymousUsers }) => anonymousUsers(project, settings))] : []),
    ...(settings.otp_enabled ? [import('./email-codes.ts').then(({ emailCodes }) => emailCodes(parts))] : []),
    ...(settings.magic_link_enabled ? [import('./magic-links.ts').then(({ magicLinks }) => magicLinks(parts))] : []),
    ...(settings.phone_enabled ? [import('./phone.ts').then(({ phoneNumbers }) => phoneNumbers(parts))] : []),
    // Before others add issuers of their own, which have checks of their own.
    ...(checks === null ? [] : [import('../oauth/checked-providers.ts').then(({ checkedProviders }) => checkedProviders(checks))]),
    ...(Object.keys(settings.oidc_providers).length > 0
      ? [import('../oauth/oidc-providers.ts').then(({ oidcProviders }) => oidcProviders(settings, values))]
      : []),
    ...(domain === null ? [] : [import('../passkeys/passkey-plugin.ts').then(({ passkeys }) => passkeys({ domain, project, settings }))]),
  ]);
}
