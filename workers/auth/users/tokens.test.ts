import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { verifyToken } from '../../gateway/identity/verify-token.ts';
import { UsersBench } from '../test/users-bench.ts';

/** What the platform makes of a token that is shown to this project. */
async function judge(bench: UsersBench, token: string, at = Date.now()): Promise<unknown> {
  const { issuer } = bench.users;
  if (issuer === null || !('jwks' in issuer)) throw new Error('Nobody has signed in.');
  const keys: unknown = JSON.parse(decodeURIComponent(issuer.jwks.slice(issuer.jwks.indexOf(',') + 1)));
  const parts = { keys: { of: async () => createLocalJWKSet(keys as Parameters<typeof createLocalJWKSet>[0]) }, now: () => at };
  const verified = await verifyToken(token, [issuer], parts);
  return verified.ok ? verified.identity.subject : verified.error.code;
}

async function tokenOf(bench: UsersBench, token: string): Promise<string> {
  return (await bench.get('/get-session', { token })).body.accessToken;
}

test('a token is short-lived, of the project alone, and says no more of the session than its name', async () => {
  const bench = new UsersBench();
  const ada = await bench.signUp('ada@example.com');
  const token = await tokenOf(bench, ada.token);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: expect.any(String) });
  const { exp = 0, iat = 0, ...claims } = decodeJwt(token);
  expect(exp - iat).toBe(15 * 60);
  const about = { sid: expect.any(String), name: 'ada@example.com', email: 'ada@example.com', email_verified: false };
  expect(claims).toEqual({ iss: 'betterbase:shop', aud: 'betterbase:shop', sub: ada.id, ...about });
  expect(await judge(bench, token)).toBe(ada.id);
  expect(await judge(bench, token, Date.now() + 16 * 60_000)).toBe('auth/token-expired');
});

test('whoever signs in is told of the session what there is to know, and not what the database knows it by', async () => {
  const bench = new UsersBench();
  const { id, token } = await bench.signUp('ada@example.com');
  const { body } = await bench.post('/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' });
  const { body: later } = await bench.get('/get-session', { token });
  for (const { session } of [body, later]) {
    expect(session).toMatchObject({ userId: id, ipAddress: '203.0.113.1', expiresAt: expect.any(String), createdAt: expect.any(String) });
    expect(session.token).toBeUndefined();
  }
  const [row] = bench.disk.rows('SELECT token FROM auth_session WHERE id = ?', body.session.id);
  expect(JSON.stringify([body.session, later])).not.toContain(String(row?.[0]));
});

test('no token that was not made here is good: unsigned, of another key, algorithm, issuer, audience or project', async () => {
  const [bench, other] = [new UsersBench(), new UsersBench('other')];
  const ada = await bench.signUp('ada@example.com');
  const token = await tokenOf(bench, ada.token);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { kid = '' } = decodeProtectedHeader(token);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = decodeJwt(token);

  expect(await judge(bench, `${encode({ alg: 'none' })}.${payload}.`)).toBe('auth/bad-token');
  expect(await judge(bench, `${header}.${encode({ ...claims, sub: 'eve' })}.${signature}`)).toBe('auth/bad-token');
  const stranger = await generateKeyPair('EdDSA');
  const forged = (change: object, headers: object = {}): Promise<string> =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'EdDSA', kid, ...headers }).sign(stranger.privateKey);
  expect(await judge(bench, await forged({}))).toBe('auth/bad-token');
  expect(await judge(bench, await forged({}, { kid: 'unknown' }))).toBe('auth/bad-token');
  expect(await judge(bench, await forged({}, { jwk: await exportJWK(stranger.publicKey), kid: undefined }))).toBe('auth/bad-token');
  const published = bench.disk.rows('SELECT publicKey FROM auth_jwks')[0]?.[0];
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(new TextEncoder().encode(String(published)));
  expect(await judge(bench, confused)).toBe('auth/bad-token');

  const bob = await other.signUp('bob@example.com');
  const elsewhere = await tokenOf(other, bob.token);
  expect(await judge(bench, elsewhere)).toBe('auth/unknown-issuer');
  expect(await judge(other, token)).toBe('auth/unknown-issuer');
});

test('what the database has is no session, and neither is a session of another project', async () => {
  const [bench, other] = [new UsersBench(), new UsersBench('other')];
  const ada = await bench.signUp('ada@example.com');
  await other.signUp('ada@example.com');
  const stored = String(bench.disk.rows('SELECT token FROM auth_session')[0]?.[0]);
  expect(ada.token.startsWith(stored)).toBe(true);
  for (const shown of [stored, `${stored}.`, `${stored}.${'A'.repeat(43)}=`, ada.token.replace(/.$/, '')])
    expect([shown, (await bench.get('/get-session', { token: shown })).body]).toEqual([shown, null]);
  expect((await other.get('/get-session', { token: ada.token })).body).toBeNull();
  const key = String(bench.disk.rows('SELECT privateKey FROM auth_jwks')[0]?.[0]);
  expect(key).not.toContain('"d"');
});

test('sessions are listed and ended by their own user alone', async () => {
  const bench = new UsersBench();
  const ada = await bench.signUp('ada@example.com');
  const second = (await bench.post('/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' })).body.token;
  const eve = await bench.signUp('eve@example.com');
  const sessions = (await bench.get('/list-sessions', { token: ada.token })).body;
  expect(sessions).toHaveLength(2);
  const named = sessions.find(({ token }: { token: string }) => second.startsWith(token)).token;
  await bench.post('/revoke-session', { token: named }, { token: eve.token });
  expect((await bench.get('/get-session', { token: second })).body).not.toBeNull();
  expect((await bench.post('/revoke-session', { token: named }, { token: ada.token })).status).toBe(200);
  expect((await bench.get('/get-session', { token: second })).body).toBeNull();
  expect(bench.ended).toEqual([ada.id]);
  expect((await bench.get('/list-sessions')).status).toBe(401);
});

test('a user has as many sessions as the settings say, and none that is older', async () => {
  const bench = new UsersBench();
  await bench.set({ max_sessions_per_user: 2, session_expiry_seconds: 3600, refresh_token_expiry_seconds: 1800 });
  const first = await bench.signUp('ada@example.com');
  const signIn = async (): Promise<string> =>
    (await bench.post('/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' })).body.token;
  const [second, third] = [await signIn(), await signIn()];
  const alive = await Promise.all(
    [first.token, second, third].map(async (token) => (await bench.get('/get-session', { token })).body !== null),
  );
  expect(alive).toEqual([false, true, true]);
  const [expiresAt, createdAt] = bench.disk.rows('SELECT expiresAt, createdAt FROM auth_session')[0] ?? [];
  expect(Math.round((Date.parse(String(expiresAt)) - Date.parse(String(createdAt))) / 1000)).toBe(1800);
});

test('issuers are those that are turned on and have credentials, each with its own', async () => {
  const bench = new UsersBench();
  const names = ['google', 'github', 'discord', 'microsoft', 'twitter', 'facebook', 'apple'] as const;
  for (const name of names)
    Object.assign(bench.values, { [`${name.toUpperCase()}_CLIENT_ID`]: `${name}-id`, [`${name.toUpperCase()}_CLIENT_SECRET`]: 'secret' });
  const begin = (name: string) => bench.get(`/authorize/${name}?redirectTo=http://localhost:5173/&code_challenge=${'A'.repeat(43)}`);
  expect((await begin('google')).status).toBe(404);
  await bench.set(Object.fromEntries(names.map((name) => [`provider_${name}`, true])));
  const hosts = await Promise.all(
    names.map(async (name) => {
      const { location } = await begin(name);
      const url = new URL(location ?? '');
      expect([name, url.searchParams.get('client_id'), url.searchParams.get('redirect_uri')]).toEqual([
        name,
        `${name}-id`,
        `http://127.0.0.1:3000/p/shop/auth/callback/${name}`,
      ]);
      return url.host;
    }),
  );
  expect(hosts).toEqual([
    'accounts.google.com',
    'github.com',
    'discord.com',
    'login.microsoftonline.com',
    'x.com',
    'www.facebook.com',
    'appleid.apple.com',
  ]);
});
