/** Tokens of a real issuer on this machine, fetched over real HTTP; only the clock is moved. */
import type { AuthProvider } from '@betterbase/core';
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Verified } from '../../../durable-objects/project/identity/token-verifier.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify-token.ts';

let issuer: TestIssuer;
let check: (token: string, providers?: readonly AuthProvider[]) => Promise<Verified>;

beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => {
  check = newVerifier();
});

function newVerifier(): typeof check {
  const keys = new IssuerKeys({ fetch: (url, init) => fetch(url, init), isDevelopment: true, now: () => Date.now() });
  return (token, providers = [issuer.provider]) => verifyToken(token, providers, { keys, now: Date.now });
}

/** Moves the clock that keys and tokens are looked at by; sockets go on as they are. */
function pass(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
  onTestFinished(() => void vi.useRealTimers());
}

async function refusal(verified: Promise<Verified>): Promise<string> {
  const result = await verified;
  return result.ok ? 'accepted' : `${result.error.code}: ${result.error.message}`;
}

function textOf(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

describe('a good token', () => {
  test('says who the user is, in the names of OpenID Connect, and until when', async () => {
    const token = await issuer.token({
      sub: 'ada',
      name: 'Ada',
      given_name: 'Augusta',
      email: 'ada@example.com',
      email_verified: true,
      picture: 'https://example.com/ada.png',
      zoneinfo: 'Europe/London',
      updated_at: 0,
      roles: ['admin'],
      properties: { plan: { seats: 3 } },
    });

    const verified = await check(token);

    expect(verified).toEqual({
      ok: true,
      expiresAt: expect.closeTo(Date.now() + 3_600_000, -4),
      identity: {
        tokenIdentifier: `${issuer.url}|ada`,
        subject: 'ada',
        issuer: issuer.url,
        name: 'Ada',
        givenName: 'Augusta',
        email: 'ada@example.com',
        emailVerified: true,
        pictureUrl: 'https://example.com/ada.png',
        timezone: 'Europe/London',
        updatedAt: '1970-01-01T00:00:00.000Z',
        roles: ['admin'],
        properties: { plan: { seats: 3 } },
        'properties.plan': { seats: 3 },
        'properties.plan.seats': 3,
      },
    });
  });

  test('names the same user after every refresh', async () => {
    const [one, other] = [await check(await issuer.token({ jti: 'a' })), await check(await issuer.token({ jti: 'b' }, { expiresIn: 60 }))];
    expect(one).toMatchObject({ ok: true });
    expect(one.ok && one.identity).toEqual(other.ok && other.identity);
  });

  test('cannot pose as another user by claims that are called like what is derived', async () => {
    const token = await issuer.token({
      tokenIdentifier: 'x|root',
      subject: 'root',
      issuer: 'x',
      emailVerified: true,
      email_verified: false,
    });
    expect(await check(token)).toMatchObject({
      identity: { tokenIdentifier: `${issuer.url}|user`, subject: 'user', issuer: issuer.url, emailVerified: false },
    });
  });

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('may be signed with %s', async (algorithm) => {
    const signer = await createTestIssuer({ algorithm });
    onTestFinished(() => signer.stop());
    expect(await check(await signer.token(), [signer.provider])).toMatchObject({ ok: true });
    expect(await check(await signer.token(), [signer.customProvider])).toMatchObject({ ok: true });
  });

  test('is good for one of several audiences, and for a provider that asks for none', async () => {
    const several = await issuer.token({}, { audience: ['other', issuer.applicationID] });
    expect(await check(several)).toMatchObject({ ok: true });
    const { applicationID, ...anyAudience } = issuer.customProvider;
    expect(applicationID).toBe('test-app');
    expect(await check(await issuer.token({}, { audience: null }), [anyAudience])).toMatchObject({ ok: true });
  });

  test('is checked with keys that stand in a data: URL', async () => {
    const keyless = { ...issuer.customProvider, jwks: issuer.jwksDataUrl };
    const fetches = issuer.keyFetches;
    expect(await check(await issuer.token(), [keyless])).toMatchObject({ ok: true });
    expect(issuer.keyFetches).toBe(fetches);
  });
});

describe('refused', () => {
  test('with a signature of another key under the same name', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const [header = '', payload = ''] = (await issuer.token()).split('.');
    const forged = await new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      .setProtectedHeader(JSON.parse(Buffer.from(header, 'base64url').toString()))
      .sign(privateKey);
    expect(await refusal(check(forged))).toBe('auth/bad-token: The token is not accepted: its signature is wrong.');
  });

  test('with other claims under the same signature', async () => {
    const [header, , signature] = (await issuer.token()).split('.');
    const [, other] = (await issuer.token({ sub: 'root' })).split('.');
    expect(await refusal(check(`${header}.${other}.${signature}`))).toContain('its signature is wrong');
  });

  test('with no signature at all', async () => {
    const [, payload] = (await issuer.token()).split('.');
    for (const alg of ['none', 'None', 'NONE']) expect(await refusal(check(`${textOf({ alg })}.${payload}.`))).toMatch(/^auth\/bad-token/);
  });

  test('when the public key is used as a secret', async () => {
    const signer = await createTestIssuer({ algorithm: 'RS256' });
    onTestFinished(() => signer.stop());
    const [, payload = ''] = (await signer.token()).split('.');
    const keys: { keys: [{ n: string; kid: string }] } = await (await fetch(signer.jwksUrl)).json();
    const confused = await new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      .setProtectedHeader({ alg: 'HS256', kid: keys.keys[0].kid })
      .sign(Buffer.from(keys.keys[0].n));
    expect(await refusal(check(confused, [signer.provider]))).toMatch(/^auth\/bad-token/);
  });

  test('when it brings its own key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const [, payload = ''] = (await issuer.token()).split('.');
    const own = await new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey), kid: 'own' })
      .sign(privateKey);
    expect(await refusal(check(own))).toContain('no such key');
  });

  test('with another algorithm than its provider says', async () => {
    expect(await refusal(check(await issuer.token(), [{ ...issuer.customProvider, algorithm: 'RS256' }]))).toMatch(/^auth\/bad-token/);
  });

  test('for another audience, and for none', async () => {
    expect(await refusal(check(await issuer.token({}, { audience: 'other' })))).toContain('it is for ["other"]');
    expect(await refusal(check(await issuer.token({}, { audience: null })))).toContain('it is for []');
  });

  test('of another issuer', async () => {
    expect(await refusal(check(await issuer.token({}, { issuer: 'https://evil.example.com' })))).toContain('auth/unknown-issuer');
    expect(await refusal(check(await issuer.token(), []))).toContain('auth/unknown-issuer');
  });

  test('once it has expired, to the millisecond', async () => {
    expect(await refusal(check(await issuer.token({}, { expiresIn: -60 })))).toBe('auth/token-expired: The token has expired.');
    const token = await issuer.token({}, { expiresIn: 30 });
    expect(await refusal(check(token))).toBe('accepted');
    pass(30_000);
    expect(await refusal(check(token))).toBe('auth/token-expired: The token has expired.');
  });

  test('before it is good', async () => {
    expect(await refusal(check(await issuer.token({}, { notBefore: 60 })))).toBe(
      'auth/bad-token: The token is not accepted: it is not valid yet.',
    );
  });

  test('when it lacks what every token has', async () => {
    for (const claim of ['exp', 'sub', 'iss'])
      expect(await refusal(check(await issuer.token({ [claim]: undefined })))).toMatch(/^auth\/bad-token/);
    expect(await refusal(check(await issuer.token({ sub: '' })))).toContain('it names nobody');
  });

  test.each(['', 'key', 'a.b.c', '....', 'x'.repeat(20_000)])('when it is no token', async (text) => {
    expect(await refusal(check(text))).toMatch(/^auth\/bad-token/);
  });
});

describe('keys', () => {
  test('are fetched once for many tokens', async () => {
    const fetches = issuer.keyFetches;
    for (let each = 0; each < 5; each += 1) await check(await issuer.token({ sub: `user ${each}` }));
    expect(issuer.keyFetches).toBe(fetches + 1);
  });

  test('are fetched again for a key that is not known, but not for every token that names one', async () => {
    await check(await issuer.token());
    const fetches = issuer.keyFetches;
    const forged = await issuer.token({}, { keyId: 'unknown' });
    expect(await refusal(check(forged))).toContain('no such key');
    expect(issuer.keyFetches).toBe(fetches);
    pass(11_000);
    for (let each = 0; each < 3; each += 1) expect(await refusal(check(forged))).toContain('no such key');
    expect(issuer.keyFetches).toBe(fetches + 1);
  });

  test('may change', async () => {
    const before = await issuer.token();
    await check(before);
    await issuer.rotate({ keep: true });
    pass(11_000);
    expect(await check(await issuer.token())).toMatchObject({ ok: true });
    expect(await check(before)).toMatchObject({ ok: true });
  });

  test('that were taken back are good for ten minutes at most', async () => {
    const before = await issuer.token();
    await check(before);
    await issuer.rotate();
    pass(600_001);
    expect(await refusal(check(before))).toContain('no such key');
  });

  test('that cannot be had are told apart from tokens that are no good, and asked for again later', async () => {
    issuer.goDown();
    onTestFinished(() => issuer.comeBack());
    const token = await issuer.token();
    expect(await refusal(check(token))).toContain('auth/issuer-unreachable');
    issuer.comeBack();
    expect(await refusal(check(token))).toContain('it answers 503');
    pass(5_001);
    expect(await refusal(check(token))).toBe('accepted');
  });

  test('are not asked of machines that only the platform reaches, whoever sends it there', async () => {
    const asked: string[] = [];
    const keys = new IssuerKeys({
      isDevelopment: false,
      now: Date.now,
      fetch: async (url) => {
        asked.push(url);
        return new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/latest' } });
      },
    });
    const direct = [{ domain: issuer.url, applicationID: 'test-app' }];
    expect(await refusal(verifyToken(await issuer.token(), direct, { keys, now: Date.now }))).toContain('must begin with https://');
    const led = [{ domain: 'https://example.com', applicationID: 'test-app' }];
    const token = await issuer.token({}, { issuer: 'https://example.com' });
    expect(await refusal(verifyToken(token, led, { keys, now: Date.now }))).toContain('auth/issuer-unreachable');
    expect(asked).toEqual(['https://example.com/.well-known/openid-configuration']);
  });

  test.each([
    ['that speaks for another issuer', { issuer: 'https://other.example.com', jwks_uri: 'https://example.com/keys' }],
    ['that names no keys', { issuer: 'https://example.com' }],
    ['that names keys in a private network', { issuer: 'https://example.com', jwks_uri: 'http://10.0.0.1/keys' }],
    ['that is too long', { issuer: 'https://example.com', jwks_uri: `https://example.com/${'k'.repeat(300_000)}` }],
    ['that is no JSON', '<html>'],
    ['whose keys are none', { issuer: 'https://example.com', jwks_uri: 'https://example.com/.well-known/openid-configuration' }],
  ])('are not taken from a discovery document %s', async (_, document) => {
    const keys = new IssuerKeys({
      isDevelopment: false,
      now: Date.now,
      fetch: async () => new Response(typeof document === 'string' ? document : JSON.stringify(document)),
    });
    const token = await issuer.token({}, { issuer: 'https://example.com' });
    const verified = verifyToken(token, [{ domain: 'example.com', applicationID: 'test-app' }], { keys, now: Date.now });
    expect(await refusal(verified)).toContain('auth/issuer-unreachable');
  });
});
