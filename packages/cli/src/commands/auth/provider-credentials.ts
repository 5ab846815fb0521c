/** What each provider hands out to an app, where, and how it looks: so that a mistake is found here and not by the first visitor. */
import { createPrivateKey } from 'node:crypto';

export interface Credential {
  /** After the provider's name, in the environment. */
  readonly name: 'CLIENT_ID' | 'CLIENT_SECRET' | 'TENANT_ID' | 'TEAM_ID' | 'KEY_ID' | 'PRIVATE_KEY';
  /** What the provider calls it. */
  readonly label: string;
  readonly isSecret?: true;
  /** The value is what the file has whose path is given. */
  readonly isFile?: true;
  /** Goes without. */
  readonly isOptional?: true;
  /** What is wrong with a value; null: it looks right. */
  readonly problem: (value: string) => string | null;
}

export interface ProviderGuide {
  /** Where an app is registered. */
  readonly console: string;
  /** What the address to come back to is called there. */
  readonly redirectLabel: string;
  readonly credentials: readonly Credential[];
  /** What else is to be known. */
  readonly note?: string;
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const looksLike =
  (pattern: RegExp, example: string): Credential['problem'] =>
  (value) =>
    pattern.test(value) ? null : `does not look like ${example}`;
const anything: Credential['problem'] = (value) => (/^\S{8,}$/.test(value) ? null : 'is too short, or has blanks in it');

const id = (label: string, problem: Credential['problem']): Credential => ({ name: 'CLIENT_ID', label, problem });
const secret = (label: string, problem: Credential['problem'] = anything): Credential => ({
  name: 'CLIENT_SECRET',
  label,
  isSecret: true,
  problem,
});

export const providerGuides: Readonly<Record<string, ProviderGuide>> = {
  google: {
    console: 'https://console.cloud.google.com/apis/credentials',
    redirectLabel: 'Authorized redirect URIs',
    credentials: [
      id('Client ID', looksLike(/^[\w-]+\.apps\.googleusercontent\.com$/, '1234-abcd.apps.googleusercontent.com')),
      secret('Client secret'),
    ],
  },
  github: {
    console: 'https://github.com/settings/developers',
    redirectLabel: 'Authorization callback URL',
    credentials: [
      id('Client ID', looksLike(/^[\w.]{16,40}$/, 'Ov23liAbCdEf0123456789')),
      secret('Client secret', looksLike(/^[\da-f]{40}$/, '40 hexadecimal digits')),
    ],
  },
  discord: {
    console: 'https://discord.com/developers/applications',
    redirectLabel: 'OAuth2 → Redirects',
    credentials: [id('Client ID', looksLike(/^\d{17,20}$/, '157730590492196864')), secret('Client secret')],
  },
  apple: {
    console: 'https://developer.apple.com/account/resources/identifiers/list/serviceId',
    redirectLabel: 'Return URLs',
    credentials: [
      id('Services ID', looksLike(/^[\w-]+(?:\.[\w-]+)+$/, 'com.example.web')),
      { name: 'TEAM_ID', label: 'Team ID', problem: looksLike(/^[A-Z\d]{10}$/, 'ten letters and digits, like A1B2C3D4E5') },
      { name: 'KEY_ID', label: 'Key ID', problem: looksLike(/^[A-Z\d]{10}$/, 'ten letters and digits, like A1B2C3D4E5') },
      { name: 'PRIVATE_KEY', label: 'private key (AuthKey_….p8)', isSecret: true, isFile: true, problem: keyProblem },
    ],
    note: 'Apple sends nobody back to localhost or over http: try it with an installation that has a domain.',
  },
  microsoft: {
    console: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps',
    redirectLabel: 'Authentication → Web → Redirect URIs',
    credentials: [
      id('Application (client) ID', looksLike(uuid, '11111111-2222-3333-4444-555555555555')),
      secret('client secret', (value) =>
        uuid.test(value) ? 'is the secret’s ID; what is wanted is its Value, which is shown once' : anything(value),
      ),
      {
        name: 'TENANT_ID',
        label: 'Directory (tenant) ID; empty: people of all organisations, and with personal accounts',
        isOptional: true,
        problem: (value) =>
          uuid.test(value) || /^(?:common|organizations|consumers|[\w-]+(?:\.[\w-]+)+)$/.test(value)
            ? null
            : 'is no tenant: an ID, a domain, or common, organizations, consumers',
      },
    ],
    note: 'Addresses lead to an account that is there already only with the optional claim `xms_edov`, or with a tenant of your own.',
  },
  twitter: {
    console: 'https://developer.x.com/en/portal/projects-and-apps',
    redirectLabel: 'User authentication settings → Callback URI',
    credentials: [
      id('OAuth 2.0 Client ID', looksLike(/^[\w-]{20,}$/, 'what stands under OAuth 2.0, not the API key')),
      secret('OAuth 2.0 Client Secret'),
    ],
    note: 'It tells addresses only where “Request email from users” is on.',
  },
  facebook: {
    console: 'https://developers.facebook.com/apps',
    redirectLabel: 'Facebook Login → Valid OAuth Redirect URIs',
    credentials: [
      id('App ID', looksLike(/^\d{10,20}$/, '1234567890123456')),
      secret('App secret', looksLike(/^[\da-f]{32}$/, '32 hexadecimal digits')),
    ],
    note: 'It does not say whether an address is its user’s own: it leads to no account that is there already.',
  },
};

export const providerNames: readonly string[] = Object.keys(providerGuides);

/** Names of the environment. */
export function credentialName(provider: string, { name }: Pick<Credential, 'name'>): string {
  return `${provider.toUpperCase().replaceAll('-', '_')}_${name}`;
}

function keyProblem(value: string): string | null {
  try {
    const key = createPrivateKey(value);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? null : 'is no key of the kind that Apple hands out (P-256)';
  } catch {
    return 'is no private key: it begins with -----BEGIN PRIVATE KEY-----';
  }
}
