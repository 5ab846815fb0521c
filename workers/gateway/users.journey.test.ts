/** People who sign in to a project, over plain HTTP, on both hosts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const vars = { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' };
const ada = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };

describe.each(['loader', 'static'] as const)('the %s host', (host) => {
  let platform: LocalPlatform;

  beforeAll(async () => {
    platform = await startLocalPlatform({ host, vars, app: identityApp([]) });
    if (host === 'loader') await platform.deploy('app', identityApp([]));
  });
  afterAll(() => platform.stop());

  const auth = (path: string, init?: RequestInit): Promise<Response> => platform.request(`/p/app/auth${path}`, init);
  const identity = async (token: string): Promise<unknown> =>
    (await platform.post('/p/app/api/query', { path: 'users:identity', args: {} }, bearer(token))).body;

  test('whoever signs up is known to functions, until the session ends', async () => {
    const up = await auth('/sign-up/email', post(ada));
    const { user, token, accessToken: access } = await up.json();
    expect([up.status, user]).toMatchObject([200, { name: 'Ada', email: 'ada@example.com', emailVerified: false }]);
    const known = {
      subject: user.id,
      issuer: 'betterbase:app',
      tokenIdentifier: `betterbase:app|${user.id}`,
      name: 'Ada',
      email: ada.email,
    };
    expect(await identity(access)).toEqual({ status: 'success', value: { ...known, emailVerified: false }, logLines: [] });

    const again = await (await platform.request('/p/app/api/auth/get-session', { headers: bearer(token) })).json();
    expect(again.session).toMatchObject({ userId: user.id, expiresAt: expect.any(String) });
    expect(again.session.token).toBeUndefined();
    expect(await identity(again.accessToken)).toMatchObject({ value: known });

    expect((await auth('/sign-out', post({}, bearer(token)))).status).toBe(200);
    for (const ended of [access, again.accessToken]) expect(await identity(ended)).toMatchObject({ errorCode: 'auth/session-ended' });
    expect(await (await auth('/get-session', { headers: bearer(token) })).json()).toBeNull();
  });

  test('a password is good for its account alone, and a wrong one looks like an account that is not there', async () => {
    const signIn = (email: string, password: string): Promise<Response> => auth('/sign-in/email', post({ email, password }));
    expect((await signIn(ada.email, ada.password)).status).toBe(200);
    const wrong = await signIn(ada.email, 'wrong password');
    const nobody = await signIn('nobody@example.com', ada.password);
    expect([wrong.status, wrong.headers.get('set-auth-token')]).toEqual([401, null]);
    expect(await wrong.json()).toEqual(await nobody.json());
    expect(wrong.headers.get('x-betterbase-error')).toBe('auth/bad-credentials');
  });

  test('what cannot be done is refused with the reason', async () => {
    const short = await auth('/sign-up/email', post({ ...ada, email: 'bob@example.com', password: '1234567' }));
    expect([short.status, await short.json()]).toMatchObject([400, { code: 'PASSWORD_TOO_SHORT', errorCode: 'auth/refused' }]);
    const cookies = await auth('/get-session', { headers: { cookie: 'better-auth.session_token=x.y' } });
    expect([cookies.status, await cookies.json(), cookies.headers.get('set-cookie')]).toEqual([200, null, null]);
  });
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
