import { oauthRefusal } from '../refusals.ts';
import { withToken, type TokenFault, type Vendor } from '../vendor.ts';

/** Where the sample people work. */
const sampleTenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';

const refusals: Readonly<Record<TokenFault, readonly [status: number, error: string, description: string, code: number]>> = {
  client: [401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.', 7_000_215],
  code: [400, 'invalid_grant', 'AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code.', 54_005],
  verifier: [400, 'invalid_grant', 'AADSTS501481: The Code_Verifier does not match the code_challenge supplied.', 501_481],
  redirect: [400, 'invalid_request', 'AADSTS50011: The redirect URI does not match the redirect URIs configured.', 50_011],
};

/** A picture of one pixel. */
const photo = Buffer.from(
  '/9j/2wBDAP//////////////////////////////////////////////////////////////////////////////////////2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCAABAAEDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAH/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIAQ/9k=',
  'base64',
);

export const microsoft: Vendor = {
  name: 'microsoft',
  authorize: /^login\.microsoftonline\.com\/[^/]+\/oauth2\/v2\.0\/authorize$/,
  token: /^login\.microsoftonline\.com\/[^/]+\/oauth2\/v2\.0\/token$/,
  pkce: 'verified',
  showsSecret: 'either',
  scopeSeparator: ' ',
  denied: {
    error: 'access_denied',
    error_description: 'AADSTS65004: User declined to consent to access the app.',
    error_subcode: 'cancel',
  },
  backWith: async () => ({ session_state: crypto.randomUUID() }),
  tokens: async ({ client, person, scopes, nonce }, { accessToken, refreshToken }, ids) => ({
    token_type: 'Bearer',
    scope: scopes.join(' '),
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: accessToken,
    ...(scopes.includes('offline_access') ? { refresh_token: refreshToken } : {}),
    id_token: await ids.sign({
      iss: `https://login.microsoftonline.com/${sampleTenant}/v2.0`,
      aud: client.id,
      tid: sampleTenant,
      oid: `00000000-0000-0000-${person.id.slice(0, 4)}-${person.id.slice(4).padStart(12, '0').slice(-12)}`,
      sub: `pairwise-${person.id}`,
      ver: '2.0',
      name: person.name,
      preferred_username: person.email ?? person.name,
      // An address is what a tenant's administrators have written there; whose domain it is, is said by an optional claim.
      ...(person.email === null ? {} : { email: person.email, ...(person.isVerified ? { xms_edov: true } : {}) }),
      ...(nonce === null ? {} : { nonce }),
    }),
  }),
  refuse: (fault) => {
    const [status, error, description, code] = refusals[fault];
    return oauthRefusal(status, error, description, { error_codes: [code], trace_id: crypto.randomUUID() });
  },
  resources: [
    [/^login\.microsoftonline\.com\/[^/]+\/discovery\/v2\.0\/keys$/, async ({ ids }) => Response.json(await ids.keySet())],
    [
      /^graph\.microsoft\.com\/v1\.0\/me\/photos\/\d+x\d+\/\$value$/,
      withToken(
        () => Response.json({ error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' } }, { status: 401 }),
        ({ person }) =>
          person.picture === null
            ? Response.json({ error: { code: 'ImageNotFound', message: 'The photo was not found.' } }, { status: 404 })
            : new Response(photo, { headers: { 'content-type': 'image/jpeg' } }),
      ),
    ],
  ],
};
