import { oauthRefusal } from '../refusals.ts';
import type { Vendor, VendorName } from '../vendor.ts';

/** Any vendor, as an issuer that speaks OpenID Connect, wherever it is. @param issuer `http://127.0.0.1:4400/google` */
export function openId(name: VendorName, issuer: string): Vendor {
  const { host, pathname } = new URL(issuer);
  const at = (path: string): RegExp => new RegExp(`^${`${host}${pathname}/${path}`.replaceAll('.', '\\.')}$`);
  return {
    name,
    authorize: at('authorize'),
    token: at('token'),
    pkce: 'required',
    showsSecret: 'either',
    scopeSeparator: ' ',
    // Whoever is on this machine is the app.
    isSecret: async () => true,
    denied: { error: 'access_denied' },
    backWith: async () => ({ iss: issuer }),
    tokens: async ({ client, person, scopes, nonce }, { accessToken, refreshToken }, ids) => ({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: refreshToken,
      scope: scopes.join(' '),
      id_token: await ids.sign({
        iss: issuer,
        aud: client.id,
        sub: person.id,
        name: person.name,
        ...(person.email === null ? {} : { email: person.email, email_verified: person.isVerified }),
        ...(person.picture === null ? {} : { picture: person.picture }),
        ...(nonce === null ? {} : { nonce }),
      }),
    }),
    refuse: (fault) =>
      oauthRefusal(fault === 'client' ? 401 : 400, fault === 'client' ? 'invalid_client' : 'invalid_grant', `The ${fault} is wrong.`),
    resources: [
      [
        at('.well-known/openid-configuration'),
        () =>
          Response.json({
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            userinfo_endpoint: `${issuer}/userinfo`,
            jwks_uri: `${issuer}/keys`,
            response_types_supported: ['code'],
            id_token_signing_alg_values_supported: ['RS256'],
            code_challenge_methods_supported: ['S256'],
          }),
      ],
      [at('keys'), async ({ ids }) => Response.json(await ids.keySet())],
      [
        at('userinfo'),
        ({ grant }) =>
          grant === null
            ? oauthRefusal(401, 'invalid_token', 'The access token is wrong.')
            : Response.json({
                sub: grant.person.id,
                name: grant.person.name,
                email: grant.person.email,
                email_verified: grant.person.isVerified,
              }),
      ],
    ],
  };
}
