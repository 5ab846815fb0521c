import { oauthRefusal } from '../refusals.ts';
import { withToken, type Vendor } from '../vendor.ts';

export const twitter: Vendor = {
  name: 'twitter',
  authorize: /^(?:x|twitter)\.com\/i\/oauth2\/authorize$/,
  token: /^api\.(?:x|twitter)\.com\/2\/oauth2\/token$/,
  pkce: 'required',
  showsSecret: 'in-header',
  scopeSeparator: ' ',
  denied: { error: 'access_denied' },
  tokens: async ({ scopes }, { accessToken, refreshToken }) => ({
    token_type: 'bearer',
    expires_in: 7200,
    access_token: accessToken,
    scope: scopes.join(' '),
    ...(scopes.includes('offline.access') ? { refresh_token: refreshToken } : {}),
  }),
  refuse: (fault) =>
    fault === 'client'
      ? oauthRefusal(401, 'unauthorized_client', 'Missing valid authorization header')
      : oauthRefusal(400, 'invalid_request', 'Value passed for the authorization code was invalid.'),
  resources: [
    [
      /^api\.(?:x|twitter)\.com\/2\/users\/me$/,
      withToken(
        () => Response.json({ title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }, { status: 401 }),
        ({ person, scopes }, { url }) => {
          const fields = (url.searchParams.get('user.fields') ?? '').split(',');
          // An address is told only if it is confirmed, and the app was let see it.
          const tells = fields.includes('confirmed_email') && scopes.includes('users.email') && person.isVerified;
          return Response.json({
            data: {
              id: person.id,
              name: person.name,
              username: person.name.replaceAll(' ', ''),
              ...(fields.includes('profile_image_url')
                ? { profile_image_url: person.picture ?? 'https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png' }
                : {}),
              ...(tells && person.email !== null ? { confirmed_email: person.email } : {}),
            },
          });
        },
      ),
    ],
  ],
};
