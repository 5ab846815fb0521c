/** The issuers that a project's users may sign in with: those that its settings name and its environment has credentials of. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthOptions } from 'better-auth';
import type { AppleKey } from './apple-secret.ts';
import type { CheckedParts } from './checked-providers.ts';

type Values = Readonly<Record<string, string>>;
type SocialProviders = NonNullable<BetterAuthOptions['socialProviders']>;

const names = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'] as const;
type ProviderName = (typeof names)[number];

export function socialProviders(settings: AuthSettings, values: Values): SocialProviders {
  const providers: SocialProviders = {};
  for (const name of names) {
    const credentials = credentialsOf(name, values);
    if (!settings[`provider_${name}`] || credentials === null) continue;
    if (name === 'microsoft') providers.microsoft = { ...credentials, tenantId: tenantOf(values) };
    else providers[name] = credentials;
  }
  return providers;
}

/** What is needed to look at what comes back from them; null: people sign in with none. */
export function providerChecks(project: string, settings: AuthSettings, values: Values): CheckedParts | null {
  if (Object.keys(socialProviders(settings, values)).length === 0) return null;
  return { project, tenant: tenantOf(values), appleKey: appleKey(values) };
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function credentialsOf(name: ProviderName, values: Values): Credentials | null {
  const prefix = environmentName(name);
  const { [`${prefix}_CLIENT_ID`]: clientId, [`${prefix}_CLIENT_SECRET`]: clientSecret = '' } = values;
  const isMade = name === 'apple' && appleKey(values) !== null;
  return clientId === undefined || (clientSecret === '' && !isMade)
    ? null
    : { clientId, clientSecret: clientSecret || 'made when it is needed' };
}

/** Null: there is a secret already, or not all that one is made of. */
function appleKey(values: Values): AppleKey | null {
  const { APPLE_CLIENT_ID: clientId, APPLE_TEAM_ID: teamId, APPLE_KEY_ID: keyId, APPLE_PRIVATE_KEY: privateKey } = values;
  if (values['APPLE_CLIENT_SECRET'] !== undefined) return null;
  if (clientId === undefined || teamId === undefined || keyId === undefined || privateKey === undefined) return null;
  return { clientId, teamId, keyId, privateKey };
}

function tenantOf(values: Values): string {
  return values['MICROSOFT_TENANT_ID'] ?? 'common';
}

export function environmentName(provider: string): string {
  return provider.toUpperCase().replaceAll('-', '_');
}
