import { withToken, type TokenFault, type Vendor } from '../vendor.ts';

function graphError(message: string, code: number, subcode?: number): Response {
  const error = { message, type: 'OAuthException', code, ...(subcode === undefined ? {} : { error_subcode: subcode }), fbtrace_id: 'A' };
  return Response.json({ error }, { status: 400 });
}

const refusals: Readonly<Record<TokenFault, readonly [message: string, code: number, subcode?: number]>> = {
  client: ['Error validating client secret.', 1],
  code: ['This authorization code has been used.', 100, 36_009],
  verifier: ['Invalid code_verifier', 1],
  redirect: [
    'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
    100,
    36_008,
  ],
};

/** It never says whether it knows an address to be the person's. */
export const facebook: Vendor = {
  name: 'facebook',
  authorize: /^www\.facebook\.com\/v\d+\.\d+\/dialog\/oauth$/,
  token: /^graph\.facebook\.com\/v\d+\.\d+\/oauth\/access_token$/,
  pkce: 'ignored',
  showsSecret: 'in-body',
  scopeSeparator: ' ',
  denied: { error: 'access_denied', error_code: '200', error_description: 'Permissions error', error_reason: 'user_denied' },
  tokens: async (_, { accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 5_183_944 }),
  refuse: (fault) => graphError(...refusals[fault]),
  resources: [
    [
      /^graph\.facebook\.com\/debug_token$/,
      ({ url, grantOf }) => {
        const grant = grantOf(url.searchParams.get('input_token') ?? '');
        if (grant === null) return Response.json({ data: { is_valid: false, scopes: [] } });
        const { client, person, scopes } = grant;
        if (url.searchParams.get('access_token') !== `${client.id}|${client.secret}`)
          return graphError('Invalid OAuth access token signature.', 190);
        return Response.json({ data: { app_id: client.id, type: 'USER', is_valid: true, user_id: person.id, scopes } });
      },
    ],
    [
      /^graph\.facebook\.com\/(?:v\d+\.\d+\/)?me$/,
      withToken(
        () => graphError('An active access token must be used to query information about the current user.', 2500),
        ({ person, scopes }, { url }) => {
          const fields = (url.searchParams.get('fields') ?? 'id,name').split(',');
          const picture = {
            height: 50,
            width: 50,
            is_silhouette: person.picture === null,
            url: person.picture ?? 'https://example.com/nobody.png',
          };
          return Response.json({
            id: person.id,
            ...(fields.includes('name') ? { name: person.name } : {}),
            ...(fields.includes('email') && scopes.includes('email') && person.email !== null ? { email: person.email } : {}),
            ...(fields.includes('picture') ? { picture: { data: picture } } : {}),
          });
        },
      ),
    ],
  ],
};
