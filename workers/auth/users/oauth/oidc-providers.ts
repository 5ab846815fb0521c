import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthPlugin } from 'better-auth';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { environmentName } from './providers.ts';

/** Issuers of a project's own choice. */
export function oidcProviders(settings: Pick<AuthSettings, 'oidc_providers'>, values: Readonly<Record<string, string>>): BetterAuthPlugin {
  const config = Object.entries(settings.oidc_providers).map(([providerId, { issuer, client_id: clientId, scopes }]) => {
    const clientSecret = values[`${environmentName(providerId)}_CLIENT_SECRET`];
    return {
      providerId,
      clientId,
      discoveryUrl: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
      scopes: [...(scopes ?? ['openid', 'profile', 'email'])],
      pkce: true,
      ...(clientSecret === undefined ? {} : { clientSecret }),
    };
  });
  return genericOAuth({ config });
}
