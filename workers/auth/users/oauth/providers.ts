/** The issuers that a project's users may sign in with: those that its settings name and its environment has credentials of. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthOptions } from 'better-auth';
import { importPKCS8, SignJWT } from 'jose';

type Values = Readonly<Record<string, string>>;
type SocialProviders = NonNullable<BetterAuthOptions['socialProviders']>;

const names = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'] as const;
type ProviderName = (typeof names)[number];

/** Seconds; Apple takes half a year at most. */
const appleSecretLife = 24 * 60 * 60;

export function socialProviders(settings: AuthSettings, values: Values): SocialProviders {
  const providers: SocialProviders = {};
  for (const name of names) {
    const credentials = credentialsOf(name, values);
    if (!settings[`provider_${name}`] || credentials === null) continue;
    if (name === 'apple') providers.apple = async () => ({ ...credentials, clientSecret: await appleSecret(values, credentials) });
    else if (name === 'microsoft') providers.microsoft = { ...credentials, tenantId: values['MICROSOFT_TENANT_ID'] ?? 'common' };
    else providers[name] = credentials;
  }
  return providers;
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function credentialsOf(name: ProviderName, values: Values): Credentials | null {
  const prefix = environmentName(name);
  const { [`${prefix}_CLIENT_ID`]: clientId, [`${prefix}_CLIENT_SECRET`]: clientSecret = '' } = values;
  const hasKey = name === 'apple' && values['APPLE_PRIVATE_KEY'] !== undefined;
  return clientId === undefined || (clientSecret === '' && !hasKey) ? null : { clientId, clientSecret };
}

/** Apple's secret is a token signed with the team's key. */
async function appleSecret(values: Values, { clientId, clientSecret }: Credentials): Promise<string> {
  const { APPLE_PRIVATE_KEY: key, APPLE_TEAM_ID: team = '', APPLE_KEY_ID: kid = '' } = values;
  if (clientSecret !== '' || key === undefined) return clientSecret;
  return await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(team)
    .setSubject(clientId)
    .setAudience('https://appleid.apple.com')
    .setIssuedAt()
    .setExpirationTime(`${appleSecretLife}s`)
    .sign(await importPKCS8(key.replaceAll('\\n', '\n'), 'ES256'));
}

export function environmentName(provider: string): string {
  return provider.toUpperCase().replaceAll('-', '_');
}
