/** People who sign in to a project, over plain HTTP. */
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

  test('somebody signs up, signs in and out', async () => {
    const up = await platform.request('/p/app/auth/sign-up/email', post(ada));
    expect([up.status, await up.json()]).toMatchObject([200, { user: { name: 'Ada', email: 'ada@example.com' } }]);
    const signedIn = await platform.request('/p/app/auth/sign-in/email', post({ email: ada.email, password: ada.password }));
    const session = signedIn.headers.get('set-auth-token') ?? '';
    const me = await platform.request('/p/app/auth/get-session', { headers: { authorization: `Bearer ${session}` } });
    expect(await me.json()).toMatchObject({ user: { email: 'ada@example.com' } });
  });

  test('a wrong password is refused', async () => {
    const wrong = await platform.request('/p/app/auth/sign-in/email', post({ email: ada.email, password: 'wrong password' }));
    expect([wrong.status, wrong.headers.get('set-auth-token')]).toEqual([401, null]);
  });
});

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
