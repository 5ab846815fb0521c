/** Tokens that somebody has made who is not their issuer, in the ways that have worked elsewhere. */
import { createHmac } from 'node:crypto';
import type { AuthProvider } from '@betterbase/core';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { IssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify-token.ts';

const domain = 'https://login.example.com';
const applicationID = 'my-app';

let keys: CryptoKeyPair;
let other: CryptoKeyPair;
let published: JWK[];
/** Every address that was asked. */
let asked: string[];

interface CryptoKeyPair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

beforeAll(async () => {
  [keys, other] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256', { extractable: true })]);
  published = [{ ...(await exportJWK(keys.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }];
});

const claims = { sub: 'ada', iss: domain, aud: applicationID };

async function judge(token: string, { providers = [{ domain, applicationID }], keySet = published }: Judging = {}): Promise<string> {
  asked = [];
  const issuerKeys = new IssuerKeys({
    isDevelopment: false,
    now: Date.now,
    fetch: async (url) => {
      asked.push(url);
      const isDiscovery = url.endsWith('/openid-configuration');
      return Response.json(isDiscovery ? { issuer: domain, jwks_uri: `${domain}/keys` } : { keys: keySet });
    },
  });
  const verified = await verifyToken(token, providers, { keys: issuerKeys, now: Date.now });
  return verified.ok ? `accepted as ${verified.identity.subject}` : verified.error.code;
}

interface Judging {
  readonly providers?: readonly AuthProvider[];
  readonly keySet?: readonly JWK[];
}

const sign = (header: object, key: CryptoKey, said: object = claims): Promise<string> =>
  new SignJWT({ ...said })
    .setIssuedAt()
    .setExpirationTime('5m')
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...header })
    .sign(key);

function byHand(header: object, said: object, secret: string | Buffer): string {
  const text = [header, said].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

test('what the issuer has signed is accepted, and its keys are the only thing that is asked for', async () => {
  expect(await judge(await sign({}, keys.privateKey))).toBe('accepted as ada');
  expect(asked).toEqual([`${domain}/.well-known/openid-configuration`, `${domain}/keys`]);
});

describe('a key that the token brings along', () => {
  test('in its header is not used, and where it says that its keys are, nobody looks', async () => {
    const jwk = await exportJWK(other.publicKey);
    for (const header of [
      { jwk },
      { jku: 'https://evil.example/keys' },
      { x5u: 'https://evil.example/cert.pem' },
      { x5c: ['MIIB'] },
      { x5t: 'abc' },
      { jku: `${domain}@evil.example/keys`, jwk, kid: 'evil' },
      { iss: 'https://evil.example' },
    ])
      expect([header, await judge(await sign(header, other.privateKey))]).toEqual([header, 'auth/bad-token']);
    expect(asked.filter((url) => url.includes('evil'))).toEqual([]);
  });

  test('by its name leads nowhere', async () => {
    for (const kid of ['../../keys', '/dev/null', "' OR 1=1 --", '', 'key-1\0', '__proto__', 'constructor', 'x'.repeat(5_000)])
      expect([kid, await judge(await sign({ kid }, other.privateKey))]).toEqual([kid, 'auth/bad-token']);
    for (const kid of [null, 1, ['key-1'], { key: 1 }])
      expect([kid, await judge(byHand({ alg: 'RS256', kid }, claims, 'x'))]).toEqual([kid, 'auth/bad-token']);
  });
});

describe('another algorithm', () => {
  test('that makes a secret of the public key, in whatever form, is refused', async () => {
    const [jwk] = published;
    const pem = await exportSPKI(keys.publicKey);
    const exp = Math.floor(Date.now() / 1000) + 300;
    for (const secret of [pem, pem.trim(), `${pem}\n`, String(jwk?.n), Buffer.from(String(jwk?.n), 'base64url'), JSON.stringify(jwk), ''])
      for (const alg of ['HS256', 'RS256', 'hs256'])
        expect(await judge(byHand({ alg, kid: 'key-1' }, { ...claims, exp }, secret))).toBe('auth/bad-token');
    // A provider that says one algorithm means that one.
    const custom = [{ type: 'customJwt', issuer: domain, jwks: `${domain}/keys`, algorithm: 'RS256', applicationID }] as const;
    expect(await judge(byHand({ alg: 'HS256', kid: 'key-1' }, { ...claims, exp }, pem), { providers: custom })).toBe('auth/bad-token');
  });

  test('of a key set that has a secret in it is refused', async () => {
    const secret = 'a secret that everybody can read there';
    const keySet: JWK[] = [{ kty: 'oct', kid: 'key-1', alg: 'HS256', k: Buffer.from(secret).toString('base64url') }];
    const exp = Math.floor(Date.now() / 1000) + 300;
    expect(await judge(byHand({ alg: 'HS256', kid: 'key-1' }, { ...claims, exp }, secret), { keySet })).toBe('auth/bad-token');
  });

  test('none, in any spelling, is refused, with a signature and without', async () => {
    const exp = Math.floor(Date.now() / 1000) + 300;
    for (const alg of ['none', 'None', 'nOnE', 'NONE', '', null, undefined]) {
      const token = byHand({ alg, kid: 'key-1' }, { ...claims, exp }, 'x');
      for (const each of [token, `${token.slice(0, token.lastIndexOf('.'))}.`, token.slice(0, token.lastIndexOf('.'))])
        expect([alg, await judge(each)]).toEqual([alg, 'auth/bad-token']);
    }
  });
});

test('what must be understood and is not, is refused', async () => {
  const exp = Math.floor(Date.now() / 1000) + 300;
  expect(await judge(byHand({ alg: 'RS256', kid: 'key-1', crit: ['b64'], b64: false }, { ...claims, exp }, 'x'))).toBe('auth/bad-token');
  expect(await judge(byHand({ alg: 'RS256', kid: 'key-1', crit: ['exp'], exp }, { ...claims, exp }, 'x'))).toBe('auth/bad-token');
});

test('a key for something else than signatures is not used for them', async () => {
  const keySet = published.map((key) => ({ ...key, use: 'enc' }));
  expect(await judge(await sign({}, keys.privateKey), { keySet })).toBe('auth/bad-token');
});

test('claims of another kind than they should be are refused, and fill no log', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  for (const wrong of [
    { iss: [domain] },
    { iss: 7 },
    { iss: { url: domain } },
    { sub: 7 },
    { sub: ['ada'] },
    { sub: {} },
    { sub: '' },
    { aud: { 0: applicationID } },
    { aud: 7 },
  ])
    expect([wrong, await judge(await sign({}, keys.privateKey, { ...claims, ...wrong }))]).toEqual([wrong, 'auth/bad-token']);
  const exp = String(Math.floor(Date.now() / 1000) + 300);
  expect(await judge(byHand({ alg: 'RS256', kid: 'key-1' }, { ...claims, exp }, 'x'))).toBe('auth/bad-token');
  expect(logged).not.toHaveBeenCalled();
  logged.mockRestore();
});

test('an issuer that only begins, ends or looks like one that is known is another', async () => {
  for (const iss of [
    `${domain}.evil.example`,
    `${domain}/other`,
    `https://evil.example/${domain}`,
    domain.toUpperCase(),
    `${domain}:444`,
    domain.replace('https', 'http'),
    ` ${domain}`,
  ])
    expect([iss, await judge(await sign({}, keys.privateKey, { ...claims, iss }))]).toEqual([iss, 'auth/unknown-issuer']);
});

test('one issuer’s keys are not good for another’s tokens', async () => {
  const providers = [
    { domain, applicationID },
    {
      type: 'customJwt',
      issuer: 'https://second.example.com',
      jwks: 'https://second.example.com/keys',
      algorithm: 'RS256',
      applicationID,
    } as const,
  ];
  const second: JWK[] = [{ ...(await exportJWK(other.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }];
  const token = await sign({}, keys.privateKey, { ...claims, iss: 'https://second.example.com' });
  expect(await judge(token, { providers, keySet: second })).toBe('auth/bad-token');
  expect(asked).toEqual(['https://second.example.com/keys']);
});

test('a token longer than any that is made is refused before anything is done with it', async () => {
  const token = await sign({}, keys.privateKey, { ...claims, padding: 'x'.repeat(17_000) });
  expect([await judge(token), asked]).toEqual(['auth/bad-token', []]);
});
