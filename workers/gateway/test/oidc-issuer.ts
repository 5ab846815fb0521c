/** An OpenID Connect issuer on this machine, where whoever comes is who the test says: with PKCE, codes that are good once, and a client's secret. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface OidcIssuer {
  readonly url: string;
  /** Who is signed in at the issuer. */
  user: { readonly sub: string; readonly email: string; readonly name: string };
  /** What the issuer was asked for when somebody came. */
  readonly visits: URL[];
  stop(): Promise<void>;
}

export const clientId = 'shop-client';
export const clientSecret = 'shop-client-secret';

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const codes = new Map<string, { readonly challenge: string; readonly redirect: string; readonly nonce: string | null }>();
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port.');
  const issuer: OidcIssuer = {
    url: `http://127.0.0.1:${address.port}`,
    user: { sub: 'ada-at-issuer', email: 'ada@issuer.example', name: 'Ada of the issuer' },
    visits: [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer.url);
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const at = (path: string): string => issuer.url + path;
    if (url.pathname === '/.well-known/openid-configuration')
      return json(200, {
        issuer: issuer.url,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        userinfo_endpoint: at('/userinfo'),
        jwks_uri: at('/jwks'),
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/jwks') return json(200, { keys: [{ ...(await exportJWK(publicKey)), kid: '1', alg: 'RS256', use: 'sig' }] });
    if (url.pathname === '/userinfo') return json(200, { ...issuer.user, email_verified: true });
    if (url.pathname === '/authorize') {
      issuer.visits.push(url);
      const { searchParams } = url;
      const code = randomUUID();
      const redirect = searchParams.get('redirect_uri') ?? '';
      codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirect, nonce: searchParams.get('nonce') });
      const back = new URL(redirect);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname !== '/token') return json(404, {});
    let text = '';
    for await (const part of request) text += String(part);
    const form = new URLSearchParams(text);
    const known = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const digest = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const basic = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    const isClient =
      basic === `${clientId}:${clientSecret}` || (form.get('client_id') === clientId && form.get('client_secret') === clientSecret);
    if (known === undefined || known.challenge !== digest || known.redirect !== form.get('redirect_uri') || !isClient)
      return json(400, { error: 'invalid_grant' });
    const claims = { ...issuer.user, email_verified: true, ...(known.nonce === null ? {} : { nonce: known.nonce }) };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: '1' })
      .setIssuer(issuer.url)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return json(200, { access_token: randomUUID(), id_token: token, token_type: 'Bearer', expires_in: 300 });
  }
  return issuer;
}
