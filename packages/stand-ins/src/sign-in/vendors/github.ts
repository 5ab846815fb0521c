import { withToken, type TokenFault, type Vendor } from '../vendor.ts';

const badCredentials = (): Response => Response.json({ message: 'Bad credentials', status: '401' }, { status: 401 });

/** GitHub answers nobody who does not say what they are. */
const isNamed = (request: Request): boolean => (request.headers.get('user-agent') ?? '') !== '';
const unnamed = (): Response =>
  new Response('Request forbidden by administrative rules. Please make sure your request has a User-Agent header.', { status: 403 });

const refusals: Readonly<Record<TokenFault, readonly [error: string, description: string]>> = {
  client: ['incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'],
  code: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  verifier: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  redirect: ['redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL for this application.'],
};

export const github: Vendor = {
  name: 'github',
  authorize: /^github\.com\/login\/oauth\/authorize$/,
  token: /^github\.com\/login\/oauth\/access_token$/,
  pkce: 'verified',
  showsSecret: 'in-body',
  scopeSeparator: ',',
  denied: {
    error: 'access_denied',
    error_description: 'The user has denied your application access.',
    error_uri: 'https://docs.github.com/apps/troubleshooting-authorization-request-errors',
  },
  tokens: async ({ scopes }, { accessToken }) => ({ access_token: accessToken, scope: scopes.join(','), token_type: 'bearer' }),
  tokensAsForm: (request) => request.headers.get('accept')?.includes('application/json') !== true,
  // What is wrong is said with status 200.
  refuse: (fault) => {
    const [error, description] = refusals[fault];
    return Response.json({ error, error_description: description, error_uri: 'https://docs.github.com/apps' });
  },
  resources: [
    [
      /^api\.github\.com\/user$/,
      withToken(badCredentials, ({ person }, { request }) =>
        isNamed(request)
          ? Response.json({
              login: person.name.toLowerCase().replaceAll(' ', '-'),
              id: Number(person.id.slice(-9)),
              avatar_url: person.picture ?? `https://avatars.githubusercontent.com/u/${person.id.slice(-9)}?v=4`,
              type: 'User',
              name: person.name,
              // Most people keep it to themselves: it is told at the other address.
              email: null,
            })
          : unnamed(),
      ),
    ],
    [
      /^api\.github\.com\/user\/emails$/,
      withToken(badCredentials, ({ person, scopes }, { request }) => {
        if (!isNamed(request)) return unnamed();
        if (!scopes.includes('user:email')) return Response.json({ message: 'Not Found', status: '404' }, { status: 404 });
        const other = { email: `${person.id}@users.noreply.github.com`, primary: false, verified: true, visibility: null };
        const main =
          person.email === null ? [] : [{ email: person.email, primary: true, verified: person.isVerified, visibility: 'private' }];
        return Response.json(person.email === null ? [] : [other, ...main]);
      }),
    ],
  ],
};
