import { oauthRefusal } from '../refusals.ts';
import { withToken, type Vendor } from '../vendor.ts';

/** PKCE and `iss` as its `/.well-known/oauth-authorization-server` says. */
export const discord: Vendor = {
  name: 'discord',
  authorize: /^discord\.com\/(?:api\/)?oauth2\/authorize$/,
  token: /^discord\.com\/api\/(?:v10\/)?oauth2\/token$/,
  pkce: 'verified',
  showsSecret: 'either',
  scopeSeparator: ' ',
  denied: { error: 'access_denied', error_description: 'The resource owner or authorization server denied the request' },
  backWith: async () => ({ iss: 'https://discord.com' }),
  tokens: async ({ scopes }, { accessToken, refreshToken }) => ({
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: 604_800,
    refresh_token: refreshToken,
    scope: scopes.join(' '),
  }),
  refuse: (fault) =>
    fault === 'client'
      ? oauthRefusal(401, 'invalid_client', '')
      : oauthRefusal(400, 'invalid_grant', fault === 'redirect' ? 'Invalid "redirect_uri" in request.' : 'Invalid "code" in request.'),
  resources: [
    [
      /^discord\.com\/api\/(?:v10\/)?users\/@me$/,
      withToken(
        () => Response.json({ message: '401: Unauthorized', code: 0 }, { status: 401 }),
        ({ person, scopes }) =>
          Response.json({
            id: person.id,
            username: person.name.toLowerCase().replaceAll(' ', '.'),
            global_name: person.name,
            discriminator: '0',
            // Of what is shown, not where it is.
            avatar: person.picture === null ? null : 'a_8342729096ea3675442027381ff50dfe',
            locale: 'en-US',
            mfa_enabled: false,
            ...(scopes.includes('email') ? { email: person.email, verified: person.email !== null && person.isVerified } : {}),
          }),
      ),
    ],
  ],
};
