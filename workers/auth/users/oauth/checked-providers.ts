/**
 * The vendors' own manners in better-auth, made stricter: whoever comes back is who they say, in answer to what was asked.
 *
 * - An ID token is checked wherever it comes from: signature, issuer, audience, times, and the nonce of the visit.
 * - An answer of one vendor is not taken for another's (RFC 9207, where the vendor says who it is).
 * - A code is good only with the verifier of the visit (RFC 7636), where the vendor looks at it.
 */
import type { BetterAuthPlugin } from 'better-auth';
import { getOAuthState } from 'better-auth/api';
import { generateCodeChallenge, refreshAccessToken, validateAuthorizationCode, verifyProviderIdToken } from 'better-auth/oauth2';
import { createRemoteJWKSet } from 'jose';
import { type AppleKey, AppleSecret } from './apple-secret.ts';
import { type FoundUser, toUser } from './to-user.ts';

type Init = NonNullable<BetterAuthPlugin['init']>;
type Provider = Parameters<Init>[0]['socialProviders'][number];

export interface CheckedParts {
  readonly project: string;
  /** Of Microsoft: one tenant's id, or whose people may come. */
  readonly tenant: string;
  /** Null: the project has none, or a secret made elsewhere. */
  readonly appleKey: AppleKey | null;
}

/** To stand before any plugin that adds vendors of its own. */
export function checkedProviders(parts: CheckedParts): BetterAuthPlugin {
  return {
    id: 'checked-providers',
    init: ({ socialProviders }) => ({ context: { socialProviders: socialProviders.map((provider) => checked(provider, parts)) } }),
  };
}

function checked(provider: Provider, parts: CheckedParts): Provider {
  const keys = keysOf(provider.id, parts.tenant);
  const stricter: Provider =
    keys === null || provider.idToken === undefined || 'verify' in provider.idToken
      ? provider
      : {
          ...provider,
          requiresIdTokenNonce: true,
          idToken: { ...provider.idToken, jwks: keys },
          createAuthorizationURL: async (visit) => {
            const url = await provider.createAuthorizationURL(visit);
            if (visit.idTokenNonce !== undefined) url.searchParams.set('nonce', visit.idTokenNonce);
            return url;
          },
        };
  return { ...stricter, ...ownManners(stricter, parts), getUserInfo: (tokens) => findUser(stricter, tokens, parts) };
}

async function findUser(
  provider: Provider,
  tokens: Parameters<Provider['getUserInfo']>[0],
  { project, tenant }: CheckedParts,
): ReturnType<Provider['getUserInfo']> {
  const { idToken, expectedIdTokenNonce } = tokens;
  if (idToken !== undefined && provider.idToken !== undefined && !(await verifyProviderIdToken(provider, idToken, expectedIdTokenNonce)))
    return null;
  const found = await provider.getUserInfo(tokens).catch((failure: unknown) => {
    const message = 'An issuer did not say who somebody is.';
    console.error(JSON.stringify({ level: 'error', message, project, provider: provider.id, failure: String(failure) }));
    return null;
  });
  if (found === null) return null;
  const isLink = (await getOAuthState())?.link !== undefined;
  return { ...found, user: toUser(found as FoundUser, { provider: provider.id, project, tenant, isLink }) };
}

/** Where the vendor's keys are: fetched when they are needed, and kept for a while. */
function keysOf(provider: string, tenant: string): ReturnType<typeof createRemoteJWKSet> | null {
  switch (provider) {
    case 'google':
      return createRemoteJWKSet(new URL('https://www.googleapis.com/oauth2/v3/certs'));
    case 'apple':
      return createRemoteJWKSet(new URL('https://appleid.apple.com/auth/keys'));
    case 'microsoft':
      return createRemoteJWKSet(new URL(`https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`));
    default:
      return null;
  }
}

/** What one vendor can and better-auth does not ask of it. */
function ownManners(provider: Provider, { appleKey }: CheckedParts): Partial<Provider> {
  const { options } = provider;
  switch (provider.id) {
    case 'google':
      return { issuer: 'https://accounts.google.com' };
    case 'discord':
      return {
        issuer: 'https://discord.com',
        createAuthorizationURL: async (visit) => {
          const url = await provider.createAuthorizationURL(visit);
          url.searchParams.set('code_challenge', await generateCodeChallenge(visit.codeVerifier));
          url.searchParams.set('code_challenge_method', 'S256');
          return url;
        },
        validateAuthorizationCode: (back) =>
          validateAuthorizationCode({ ...back, options: options ?? {}, tokenEndpoint: 'https://discord.com/api/oauth2/token' }),
      };
    case 'apple': {
      if (appleKey === null) return {};
      const secret = new AppleSecret(appleKey);
      const tokenEndpoint = 'https://appleid.apple.com/auth/token';
      const now = async (): Promise<NonNullable<typeof options>> => ({ ...options, clientSecret: await secret.current() });
      return {
        validateAuthorizationCode: (back) => validateAuthorizationCode({ ...back, options: now, tokenEndpoint }),
        refreshAccessToken: async (refreshToken) => refreshAccessToken({ refreshToken, options: await now(), tokenEndpoint }),
      };
    }
    default:
      return {};
  }
}
