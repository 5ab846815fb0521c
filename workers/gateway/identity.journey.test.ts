/** Callers that prove who they are, over HTTP, with tokens of a real issuer on this machine. */
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { appWith, identityApp } from './test/identity-app.ts';
import { type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

let issuer: TestIssuer;
let platform: LocalPlatform;

beforeAll(async () => {
  issuer = await createTestIssuer();
  platform = await startLocalPlatform({
    host: 'loader',
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'a key for journeys, long enough to be one' },
  });
  await platform.deploy('app', identityApp([issuer.provider]));
});
afterAll(async () => {
  await platform.stop();
  await issuer.stop();
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function call(kind: string, name: string, headers: Record<string, string> = {}, args: object = {}): Promise<Answer> {
  return platform.post(`/p/app/api/${kind}`, { path: `users:${name}`, args }, headers);
}

describe('functions learn who calls them', () => {
  test('queries, mutations and actions, in both shapes', async () => {
    const headers = bearer(await issuer.token({ sub: 'ada', email: 'ada@example.com' }));
    expect((await call('query', 'me')).body.value).toBeNull();
    expect((await call('query', 'me', headers)).body.value).toBe('ada');
    expect((await call('mutation', 'write', headers, { text: 'hi' })).body.value).toBe('ada');
    expect((await call('action', 'act', headers)).body.value).toEqual(['ada', 'ada', 'ada']);
    expect((await platform.post('/p/app/betterbase/query/users/me', { args: {} }, headers)).body.result).toBe('ada');
    expect((await platform.post('/p/app/betterbase/action/users/act', { args: {} }, headers)).body.result).toEqual(['ada', 'ada', 'ada']);
    expect((await call('query', 'identity', headers)).body.value).toEqual({
      tokenIdentifier: `${issuer.url}|ada`,
      subject: 'ada',
      issuer: issuer.url,
      email: 'ada@example.com',
    });
  });

  test('an answer that read who is asking is for that user only', async () => {
    const [ada, bob] = [bearer(await issuer.token({ sub: 'ada' })), bearer(await issuer.token({ sub: 'bob' }))];
    for (let round = 0; round < 2; round += 1) {
      expect((await call('query', 'me', ada)).body.value).toBe('ada');
      expect((await call('query', 'me', bob)).body.value).toBe('bob');
      expect((await call('query', 'me')).body.value).toBeNull();
    }
  });

  test('HTTP routes', async () => {
    const me = await platform.request('/p/app/http/me', { headers: bearer(await issuer.token({ sub: 'ada' })) });
    expect([me.status, await me.json()]).toEqual([200, 'ada']);
    expect(await (await platform.request('/p/app/http/me')).json()).toBeNull();
  });

  test('a scheduled function is nobody’s', async () => {
    await call('mutation', 'later', bearer(await issuer.token({ sub: 'ada' })));
    await vi.waitFor(async () => expect((await call('query', 'recorded')).body.value).toEqual(['null']), { timeout: 10_000 });
  });
});

describe('a token that is no good', () => {
  test('is refused with 401 and the reason, in the shape that the caller knows', async () => {
    const expired = await issuer.token({}, { expiresIn: -1 });
    for (const kind of ['query', 'mutation', 'action']) {
      const name = { query: 'me', mutation: 'write', action: 'act' }[kind] ?? '';
      expect(await call(kind, name, bearer(expired), { text: 'x' })).toMatchObject({
        status: 401,
        body: { code: 'InvalidAuthHeader', errorCode: 'auth/token-expired', message: 'The token has expired.', status: 'error' },
      });
    }
    const own = await platform.post('/p/app/betterbase/query/users/me', { args: {} }, bearer(expired));
    expect(own).toMatchObject({ status: 401, body: { code: 'auth/token-expired', error: 'The token has expired.' } });
  });

  test.each([
    ['no token', async () => 'garbage', 'auth/bad-token', 'InvalidAuthHeader'],
    ['for another app', () => issuer.token({}, { audience: 'other' }), 'auth/bad-token', 'InvalidAuthHeader'],
    ['of another issuer', () => issuer.token({}, { issuer: 'https://evil.example.com' }), 'auth/unknown-issuer', 'NoAuthProvider'],
    ['the admin key', async () => 'journey-admin-key-0123456789', 'auth/bad-token', 'InvalidAuthHeader'],
  ])('because it is %s', async (_, make, errorCode, code) => {
    expect(await call('query', 'me', bearer(await make()))).toMatchObject({ status: 401, body: { code, errorCode } });
  });

  test('because it is another scheme', async () => {
    expect(await call('query', 'me', { authorization: 'Basic YTpi' })).toMatchObject({
      status: 401,
      body: { errorCode: 'auth/bad-token' },
    });
  });

  test('does not keep a route from reading its own header, and is told when the route asks who is calling', async () => {
    for (const authorization of ['Bearer whsec_1', 'Basic YTpi', `Bearer ${await issuer.token({}, { expiresIn: -1 })}`]) {
      const hook = await platform.request('/p/app/http/hook', { headers: { authorization } });
      expect([hook.status, await hook.text()]).toEqual([200, authorization]);
    }
    const me = await platform.request('/p/app/http/me', { headers: bearer(await issuer.token({}, { expiresIn: -1 })) });
    expect([me.status, (await me.json()).code]).toEqual([401, 'auth/token-expired']);
  });

  test('opens no door of the admin', async () => {
    const answer = await platform.request('/admin/projects', { headers: bearer(await issuer.token({ sub: 'root' })) });
    expect(answer.status).toBe(401);
  });
});

test('the issuer is asked for its keys once, however many users come', async () => {
  await call('query', 'me', bearer(await issuer.token()));
  const fetches = issuer.keyFetches;
  await Promise.all(
    Array.from({ length: 20 }, async (_, user) => call('query', 'me', bearer(await issuer.token({ sub: `user ${user}` })))),
  );
  expect(issuer.keyFetches).toBe(fetches);
});

test('an issuer that cannot be reached is no fault of the caller: 503, and later it works', async () => {
  const other = await createTestIssuer();
  onTestFinished(() => other.stop());
  await platform.deploy('down', identityApp([other.provider]));
  const headers = bearer(await other.token({ sub: 'ada' }));
  const me = () => platform.post('/p/down/api/query', { path: 'users:me', args: {} }, headers);
  other.goDown();
  expect(await me()).toMatchObject({ status: 503, body: { code: 'auth/issuer-unreachable' } });
  other.comeBack();
  await vi.waitFor(async () => expect((await me()).body.value).toBe('ada'), { timeout: 10_000, interval: 500 });
});

test('what auth.config.ts says takes effect with its deployment', async () => {
  const headers = bearer(await issuer.token({ sub: 'ada' }));
  const me = () => platform.post('/p/config/api/query', { path: 'users:me', args: {} }, headers);
  await platform.deploy('config', identityApp([]));
  expect(await me()).toMatchObject({ status: 401, body: { errorCode: 'auth/unknown-issuer' } });
  await platform.deploy('config', identityApp([issuer.customProvider]));
  expect((await me()).body.value).toBe('ada');
  await platform.deploy('config', identityApp([{ domain: 'https://other.example.com', applicationID: 'test-app' }]));
  expect(await me()).toMatchObject({ status: 401, body: { errorCode: 'auth/unknown-issuer' } });
});

test('what auth.config.ts reads from the environment takes effect when that changes', async () => {
  const other = await createTestIssuer();
  onTestFinished(() => other.stop());
  const app = appWith("[{ domain: process.env.ISSUER, applicationID: 'test-app' }]");
  const refused = await platform.admin('POST', '/projects/env/deployments', { app });
  expect(refused.body.error).toContain('providers[0].domain is missing; perhaps it is read from a variable that is not set');

  const set = (values: Record<string, string>, unset: string[] = []) =>
    platform.admin('PATCH', '/projects/env/environment', { set: values, unset });
  const me = async (by: TestIssuer) =>
    (await platform.post('/p/env/api/query', { path: 'users:me', args: {} }, bearer(await by.token({ sub: 'ada' })))).body;
  await set({ ISSUER: issuer.url });
  await platform.deploy('env', app);
  expect([(await me(issuer)).value, (await me(other)).errorCode]).toEqual(['ada', 'auth/unknown-issuer']);
  await set({ ISSUER: other.url });
  expect([(await me(issuer)).errorCode, (await me(other)).value]).toEqual(['auth/unknown-issuer', 'ada']);
  await set({}, ['ISSUER']);
  expect([(await me(issuer)).errorCode, (await me(other)).errorCode]).toEqual(['auth/unknown-issuer', 'auth/unknown-issuer']);
  await set({ ISSUER: issuer.url });
  expect((await me(issuer)).value).toBe('ada');
});

test('an auth.config.ts that is no good is refused, and the deployment before goes on', async () => {
  const answer = await platform.admin('POST', '/projects/app/deployments', {
    app: identityApp([{ domain: 'ftp://issuer.example.com', applicationID: '' }]),
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 'config/invalid' } });
  expect(answer.body.error).toContain('providers[0].domain must begin with https://; providers[0].applicationID is not a text');
  expect((await call('query', 'me', bearer(await issuer.token({ sub: 'ada' })))).body.value).toBe('ada');
});

describe('outside of development', () => {
  test('an app compiled in accepts tokens too, and asks nothing of this machine', async () => {
    const keyless = { ...issuer.customProvider, jwks: issuer.jwksDataUrl };
    const deployed = await startLocalPlatform({ host: 'static', app: identityApp([keyless]) });
    onTestFinished(() => deployed.stop());
    const headers = bearer(await issuer.token({ sub: 'ada' }));
    expect((await deployed.post('/p/app/api/query', { path: 'users:me', args: {} }, headers)).body.value).toBe('ada');
    expect((await deployed.post('/p/app/api/action', { path: 'users:act', args: {} }, headers)).body.value).toEqual(['ada', 'ada', 'ada']);
  });

  test('an issuer on this machine is refused when it is deployed', async () => {
    const deployed = await startLocalPlatform({ host: 'loader' });
    onTestFinished(() => deployed.stop());
    const answer = await deployed.admin('POST', '/projects/app/deployments', { app: identityApp([issuer.provider]) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'config/invalid' } });
  });
});
