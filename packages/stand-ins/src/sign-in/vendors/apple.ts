import { decodeJwt, importSPKI, jwtVerify } from 'jose';
import { oauthRefusal } from '../refusals.ts';
import type { Grant, Vendor } from '../vendor.ts';

const issuer = 'https://appleid.apple.com';
/** Half a year, seconds. */
const longestSecret = 15_777_000;

/** Looks at all that Apple says of a secret. Its own address for a visitor's mail is a relay, which is told as `is_private_email`. */
export const apple: Vendor = {
  name: 'apple',
  authorize: /^appleid\.apple\.com\/auth\/authorize$/,
  token: /^appleid\.apple\.com\/auth\/token$/,
  pkce: 'ignored',
  showsSecret: 'in-body',
  scopeSeparator: ' ',
  isFormPost: true,
  denied: { error: 'user_cancelled_authorize' },
  visitProblem: (params) => {
    const asks = (params.get('scope') ?? '').trim() !== '' || (params.get('response_type') ?? '').includes('id_token');
    return asks && params.get('response_mode') !== 'form_post'
      ? 'response_mode must be form_post when name or email scope is requested.'
      : null;
  },
  isSecret: async (given, { id, secret, teamId = '', keyId = '' }) => {
    try {
      const { protectedHeader } = await jwtVerify(given, await importSPKI(secret, 'ES256'), {
        algorithms: ['ES256'],
        issuer: teamId,
        subject: id,
        audience: issuer,
        requiredClaims: ['iat', 'exp'],
      });
      const { iat = 0, exp = Number.POSITIVE_INFINITY } = decodeJwt(given);
      return protectedHeader.kid === keyId && exp - iat <= longestSecret;
    } catch {
      // Whatever is wrong with it, Apple says the same.
      return false;
    }
  },
  backWith: async (grant, ids) => ({
    id_token: await idToken(grant, ids),
    // Told this once, and never again.
    ...(grant.isFirst && grant.scopes.includes('name') ? { user: JSON.stringify(userOf(grant)) } : {}),
  }),
  tokens: async (grant, { accessToken, refreshToken }, ids) => ({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: refreshToken,
    id_token: await idToken(grant, ids),
  }),
  refuse: (fault) =>
    fault === 'client'
      ? Response.json({ error: 'invalid_client' }, { status: 400 })
      : oauthRefusal(400, 'invalid_grant', 'The code has expired or has been revoked.'),
  resources: [[/^appleid\.apple\.com\/auth\/keys$/, async ({ ids }) => Response.json(await ids.keySet())]],
};

function userOf({ person }: Grant): object {
  const [firstName = '', ...others] = person.name.split(' ');
  return { name: { firstName, lastName: others.join(' ') }, ...(person.email === null ? {} : { email: person.email }) };
}

function idToken({ client, person, scopes, nonce }: Grant, ids: Parameters<Vendor['tokens']>[2]): Promise<string> {
  return ids.sign({
    iss: issuer,
    aud: client.id,
    sub: `000123.${person.id}.0456`,
    ...(person.email !== null && scopes.includes('email')
      ? // Both have been booleans and texts over the years.
        { email: person.email, email_verified: String(person.isVerified), is_private_email: 'false' }
      : {}),
    auth_time: Math.floor(Date.now() / 1000),
    nonce_supported: true,
    ...(nonce === null ? {} : { nonce }),
  });
}
