import { oauthRefusal } from '../refusals.ts';
import type { Vendor } from '../vendor.ts';

const issuer = 'https://accounts.google.com';

export const google: Vendor = {
  name: 'google',
  authorize: /^accounts\.google\.com\/o\/oauth2\/v2\/auth$/,
  token: /^oauth2\.googleapis\.com\/token$/,
  pkce: 'verified',
  showsSecret: 'either',
  scopeSeparator: ' ',
  denied: { error: 'access_denied' },
  backWith: async ({ scopes }) => ({ iss: issuer, scope: scopes.join(' '), authuser: '0', prompt: 'consent' }),
  tokens: async ({ client, person, scopes, nonce }, { accessToken }, ids) => ({
    access_token: accessToken,
    expires_in: 3599,
    scope: scopes.join(' '),
    token_type: 'Bearer',
    id_token: await ids.sign({
      iss: issuer,
      azp: client.id,
      aud: client.id,
      sub: person.id,
      ...(person.email === null ? {} : { email: person.email, email_verified: person.isVerified }),
      name: person.name,
      ...(person.picture === null ? {} : { picture: person.picture }),
      given_name: person.name.split(' ')[0],
      family_name: person.name.split(' ').slice(1).join(' '),
      ...(nonce === null ? {} : { nonce }),
    }),
  }),
  resources: [[/^www\.googleapis\.com\/oauth2\/v3\/certs$/, async ({ ids }) => Response.json(await ids.keySet())]],
  refuse: (fault) =>
    fault === 'client'
      ? oauthRefusal(401, 'invalid_client', 'Unauthorized')
      : fault === 'redirect'
        ? oauthRefusal(400, 'redirect_uri_mismatch', 'Bad Request')
        : oauthRefusal(400, 'invalid_grant', fault === 'verifier' ? 'Invalid code verifier.' : 'Bad Request'),
};
