/** Tokens in the shapes of issuers that many apps have, by what their documentation says of them. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { AuthProvider } from '@betterbase/core';
import { describe, expect, test } from 'vitest';
import type { Verified } from '../../../durable-objects/project/identity/token-verifier.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify-token.ts';

interface Shape {
  /** As `auth.config.ts` has it. */
  readonly provider: AuthProvider;
  readonly issuer: string;
  /** Where it says that its keys are. */
  readonly keysAt: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly key: Partial<JWK>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly identity: Readonly<Record<string, unknown>>;
}

const now = Math.floor(Date.now() / 1000);

const shapes: Readonly<Record<string, Shape>> = {
  'Clerk, by a template named convex': {
    provider: { domain: 'https://verb-noun-00.clerk.accounts.dev', applicationID: 'convex' },
    issuer: 'https://verb-noun-00.clerk.accounts.dev',
    keysAt: 'https://verb-noun-00.clerk.accounts.dev/.well-known/jwks.json',
    header: { cat: 'cl_B7d4PD222AAA', kid: 'ins_1', typ: 'JWT' },
    key: { kid: 'ins_1', use: 'sig', alg: 'RS256' },
    claims: {
      aud: 'convex',
      azp: 'https://example.com',
      jti: 'a1b2c3',
      nbf: now - 5,
      sub: 'user_2abc',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      email_verified: true,
      picture: 'https://img.clerk.com/a',
      updated_at: '2026-11-22T12:00:00.000Z',
      phone_number_verified: false,
    },
    identity: {
      tokenIdentifier: 'https://verb-noun-00.clerk.accounts.dev|user_2abc',
      name: 'Ada Lovelace',
      emailVerified: true,
      pictureUrl: 'https://img.clerk.com/a',
      updatedAt: '2026-11-22T12:00:00.000Z',
      azp: 'https://example.com',
    },
  },
  'Clerk, a session token, for an app that has no audience': {
    provider: {
      type: 'customJwt',
      issuer: 'https://clerk.example.com',
      jwks: 'https://clerk.example.com/.well-known/jwks.json',
      algorithm: 'RS256',
    },
    issuer: 'https://clerk.example.com',
    keysAt: 'https://clerk.example.com/.well-known/jwks.json',
    header: { kid: 'ins_2', typ: 'JWT' },
    key: { kid: 'ins_2', use: 'sig', alg: 'RS256' },
    claims: {
      azp: 'https://example.com',
      fva: [7, -1],
      nbf: now - 10,
      sid: 'sess_1',
      sts: 'active',
      sub: 'user_2abc',
      v: 2,
      pla: 'u:free',
      o: { id: 'org_1', slg: 'acme', rol: 'admin' },
    },
    identity: { subject: 'user_2abc', sid: 'sess_1', 'o.rol': 'admin', fva: undefined },
  },
  'Auth0, with the slash at its end': {
    provider: { domain: 'dev-abc.us.auth0.com', applicationID: 'yourclientid' },
    issuer: 'https://dev-abc.us.auth0.com/',
    keysAt: 'https://dev-abc.us.auth0.com/.well-known/jwks.json',
    header: { kid: 'auth0-1', typ: 'JWT' },
    key: { kid: 'auth0-1', use: 'sig', alg: 'RS256', x5t: 'auth0-1', x5c: ['MIIDDTCCAfWgAwIBAgIJ'] },
    claims: {
      sub: 'auth0|6123456789',
      aud: 'yourclientid',
      sid: 'NOT_A_SECRET',
      nonce: 'n',
      nickname: 'ada',
      name: 'ada@example.com',
      email: 'ada@example.com',
      email_verified: true,
      updated_at: '2026-11-22T12:00:00.000Z',
      'https://example.com/roles': ['admin'],
    },
    identity: {
      tokenIdentifier: 'https://dev-abc.us.auth0.com/|auth0|6123456789',
      nickname: 'ada',
      'https://example.com/roles': ['admin'],
      nonce: undefined,
    },
  },
  'Auth0, a token for an API, for several audiences': {
    provider: { domain: 'https://dev-abc.us.auth0.com/', applicationID: 'https://api.example.com' },
    issuer: 'https://dev-abc.us.auth0.com/',
    keysAt: 'https://dev-abc.us.auth0.com/.well-known/jwks.json',
    header: { kid: 'auth0-1', typ: 'at+jwt' },
    key: { kid: 'auth0-1', use: 'sig', alg: 'RS256' },
    claims: {
      sub: 'google-oauth2|1',
      aud: ['https://api.example.com', 'https://dev-abc.us.auth0.com/userinfo'],
      azp: 'yourclientid',
      scope: 'openid profile',
      permissions: ['read:items'],
    },
    identity: { subject: 'google-oauth2|1', permissions: ['read:items'] },
  },
  'Firebase, whose keys are at another name': {
    provider: { domain: 'https://securetoken.google.com/my-project', applicationID: 'my-project' },
    issuer: 'https://securetoken.google.com/my-project',
    keysAt: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    header: { kid: 'f1', typ: 'JWT' },
    key: { kid: 'f1', use: 'sig', alg: 'RS256' },
    claims: {
      aud: 'my-project',
      auth_time: now - 60,
      user_id: 'XyZ123',
      sub: 'XyZ123',
      name: 'Ada',
      picture: 'https://lh3.googleusercontent.com/a',
      email: 'ada@example.com',
      email_verified: true,
      firebase: { identities: { 'google.com': ['1'], email: ['ada@example.com'] }, sign_in_provider: 'google.com' },
    },
    identity: { subject: 'XyZ123', emailVerified: true, 'firebase.sign_in_provider': 'google.com' },
  },
};

/** Shows a token to a verifier that finds the issuer at its own addresses. */
async function show({ provider, issuer, keysAt, header, key, claims }: Shape, change: object = {}): Promise<Verified> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), ...key }] };
  const found: Readonly<Record<string, object>> = {
    [`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`]: { issuer, jwks_uri: keysAt },
    [keysAt]: keySet,
  };
  const keys = new IssuerKeys({
    isDevelopment: false,
    now: Date.now,
    fetch: async (url) => (found[url] === undefined ? new Response('not found', { status: 404 }) : Response.json(found[url])),
  });
  const token = await new SignJWT({ iss: issuer, ...claims, ...change })
    .setProtectedHeader({ ...header, alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey);
  return await verifyToken(token, [provider], { keys, now: Date.now });
}

describe.each(Object.entries(shapes))('%s', (_, shape) => {
  test('says who is calling', async () => {
    const verified = await show(shape);
    expect(verified).toMatchObject({ ok: true });
    if (verified.ok)
      expect(Object.fromEntries(Object.keys(shape.identity).map((name) => [name, verified.identity[name]]))).toEqual(shape.identity);
  });

  test('says it no more for another project of the same issuer', async () => {
    const { provider } = shape;
    const others = { iss: `${shape.issuer.replace(/\/$/, '')}-other`, aud: 'another-project' };
    expect(await show(shape, { iss: others.iss })).toMatchObject({ ok: false, error: { code: 'auth/unknown-issuer' } });
    const verified = await show(shape, { aud: others.aud });
    // Without an audience in `auth.config.ts` the issuer's word is enough.
    expect(verified.ok).toBe(provider.applicationID === undefined);
  });
});
