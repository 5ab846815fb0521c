/** The life of a project: made, named, suspended, deleted. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { projectDoors } from './test/project-doors.ts';
import { RawSocket } from './test/raw-socket.ts';
import { testApp } from './test/test-app.ts';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { ENCRYPTION_KEY: 'a key for journeys, long enough to be one' } });
});
afterAll(() => platform.stop());

const count = (project: string) => platform.post(`/p/${project}/api/query`, { path: 'items:count', args: {} });
const add = (project: string, text: string) =>
  platform.post(`/p/${project}/api/mutation`, { path: 'items:add', args: { list: 'a', text } });

test('a project is made with its three keys, listed, named, and made only once', async () => {
  const made = await platform.admin('POST', '/projects', { slug: 'first', name: 'First', region: 'weur' });
  expect(made).toMatchObject({ status: 201, body: { project: { slug: 'first', name: 'First', region: 'weur', deployedAt: null } } });
  const { keys, admin_key } = made.body;
  expect([keys.publishable, keys.secret, keys.admin]).toEqual([
    expect.stringMatching(/^bb_pub_/),
    expect.stringMatching(/^bb_secret_/),
    expect.stringMatching(/^bb_admin_/),
  ]);
  expect(await count('first')).toMatchObject({ status: 404, body: { code: 'project/not-found' } });

  const headers = { authorization: `Bearer ${admin_key}` };
  const deployed = await platform.request('/admin/projects/first/deployments', {
    method: 'POST',
    headers,
    body: JSON.stringify({ app: testApp }),
  });
  expect(deployed.status).toBe(201);
  expect((await count('first')).body.value).toBe(0);
  expect(await platform.admin('PATCH', '/projects/first', { name: 'Renamed' })).toMatchObject({ body: { project: { name: 'Renamed' } } });
  expect((await platform.admin('GET', '/projects/first')).body.project).toMatchObject({ name: 'Renamed', deployedAt: expect.any(Number) });
  expect(await platform.admin('POST', '/projects', { slug: 'first' })).toMatchObject({ status: 409, body: { code: 'project/exists' } });
  expect(await platform.admin('POST', '/projects', { slug: 'No Name' })).toMatchObject({ status: 400, body: { code: 'project/bad-name' } });
  expect(await platform.admin('POST', '/projects', { slug: 'x', region: 'moon' })).toMatchObject({ body: { code: 'http/bad-body' } });
  expect(await platform.admin('GET', '/projects/none')).toMatchObject({ status: 404, body: { code: 'project/not-found' } });
});

test('a suspended project answers nobody until it is resumed, and keeps its data', async () => {
  await platform.deploy('pausing', testApp);
  await add('pausing', 'kept');
  const socket = await RawSocket.open(`${platform.url}/p/pausing/realtime`);
  onTestFinished(() => socket.close());
  await socket.connect();

  expect(await platform.admin('POST', '/projects/pausing/suspend')).toMatchObject({
    status: 200,
    body: { project: { suspendedAt: expect.any(Number) } },
  });
  expect(await socket.closed()).toMatchObject({ code: 4403 });
  const refused = { status: 403, body: { code: 'project/suspended' } };
  expect(await count('pausing')).toMatchObject(refused);
  expect(await add('pausing', 'lost')).toMatchObject(refused);
  expect(await platform.post('/p/pausing/api/action', { path: 'items:addTwice', args: { list: 'a' } })).toMatchObject(refused);
  expect(await platform.post('/p/pausing/http/echo/x', 'x')).toMatchObject(refused);
  const late = await RawSocket.open(`${platform.url}/p/pausing/realtime`);
  expect(await late.closed()).toMatchObject({ code: 4403 });

  expect((await platform.admin('POST', '/projects/pausing/resume')).body.project).toMatchObject({ suspendedAt: null });
  expect((await count('pausing')).body.value).toBe(1);
});

test('a suspended project is shut at every door, and to those who administer it, but for what tells how it is', async () => {
  await platform.deploy('shut', testApp);
  const secret = (await platform.admin('POST', '/projects/shut/keys/secret/rotate')).body.key;
  await platform.admin('POST', '/projects/shut/suspend');
  const authorization = `Bearer ${secret}`;
  const fill = (path: string): string =>
    path
      .replace(':project', 'shut')
      .replace(':version', '1.45.0')
      .replace(':kind', 'query')
      .replace(':path{.+}', 'items/count')
      .replace('/*', '/get-session');
  const answers = new Map<string, string | null>();
  for (const door of projectDoors) {
    const [method = '', path = ''] = door.split(' ');
    if (/\/(?:sync|realtime)$/.test(path)) continue;
    const body = '{"path":"items:count","args":{},"format":"json","ts":"AAAAAAAAAAA="}';
    const asked = method === 'ALL' ? 'GET' : method;
    const init = { method: asked, headers: { authorization }, ...(asked === 'GET' ? {} : { body }) };
    answers.set(door, (await platform.request(fill(path), init)).headers.get('x-betterbase-error'));
  }
  expect(answers.get('GET /p/:project/health')).toBeNull();
  answers.delete('GET /p/:project/health');
  expect(new Map([...answers].filter(([, code]) => code !== 'project/suspended'))).toEqual(new Map());
  for (const socket of ['/realtime', '/api/sync', '/api/1.45.0/sync'])
    expect((await (await RawSocket.open(`${platform.url}/p/shut${socket}`)).closed()).code).toBe(4403);

  const data = [
    ['run', { path: 'items:count', args: {} }],
    ['iac/query', { sql: 'SELECT 1', params: [] }],
    ['exports', undefined],
    ['imports', { tables: [{ table: 'items' }] }],
    ['policies/test', { table: 'items' }],
  ] as const;
  for (const [path, body] of data)
    expect([path, JSON.stringify((await platform.admin('POST', `/projects/shut/${path}`, body)).body)]).toEqual([
      path,
      expect.stringContaining('project/suspended'),
    ]);
  expect((await platform.admin('GET', '/projects/shut/deployments')).body.deployments).toHaveLength(1);
});

test('a project is deleted by whoever types its name, and then nothing of it is left', async () => {
  const secret = 'words-that-rest-in-the-deleted-project';
  const { body } = await platform.admin('POST', '/projects', { slug: 'doomed' });
  await platform.deploy('doomed', testApp);
  await platform.deploy('spared', testApp);
  const person = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };
  const signUp = () => platform.post('/p/doomed/auth/sign-up/email', person, { 'content-type': 'application/json' });
  const user = (await signUp()).body;
  const callAs = async (token: string) =>
    (await platform.post('/p/doomed/api/query', { path: 'items:count', args: {} }, { authorization: `Bearer ${token}` })).status;
  await platform.admin('PATCH', '/projects/doomed', { allowed_origins: ['https://app.example'] });
  const mayCall = async () =>
    (await platform.request('/p/doomed/health', { headers: { origin: 'https://any.example' } })).headers.get('access-control-allow-origin');
  expect([await callAs(user.accessToken), await callAs(body.keys.secret), await mayCall()]).toEqual([200, 200, null]);
  await add('doomed', secret);
  await add('spared', 'stays');
  await platform.admin('PATCH', '/projects/doomed/environment', { set: { A: '1' } });
  const socket = await RawSocket.open(`${platform.url}/p/doomed/realtime`);
  onTestFinished(() => socket.close());
  await socket.connect();

  for (const confirm of ['', 'Doomed', 'spared'])
    expect(await platform.admin('DELETE', '/projects/doomed', { confirm })).toMatchObject({
      status: 400,
      body: { code: 'project/not-confirmed' },
    });
  expect((await count('doomed')).body.value).toBe(1);

  expect(await platform.admin('DELETE', '/projects/doomed', { confirm: 'doomed' })).toMatchObject({ status: 200, body: { success: true } });
  expect((await socket.closed()).code).toBe(4404);
  expect(await count('doomed')).toMatchObject({ status: 404, body: { code: 'project/not-found' } });
  expect((await platform.admin('GET', '/projects/doomed/deployments')).body.deployments).toEqual([]);
  expect((await platform.admin('GET', '/projects/doomed/environment')).body.environment).toEqual([]);
  expect((await platform.admin('GET', '/projects')).body.projects.map(({ slug }: { slug: string }) => slug)).not.toContain('doomed');
  expect((await platform.request('/admin/whoami', { headers: { authorization: `Bearer ${body.admin_key}` } })).status).toBe(401);
  expect(
    (await platform.admin('GET', '/api-keys')).body.api_keys.filter(({ project }: { project: string }) => project === 'doomed'),
  ).toEqual([]);
  expect((await count('spared')).body.value).toBe(1);

  await platform.deploy('doomed', testApp);
  expect((await count('doomed')).body.value).toBe(0);
  expect([await callAs(user.accessToken), await callAs(body.keys.secret), await mayCall()]).toEqual([401, 401, '*']);
  const session = { headers: { authorization: `Bearer ${user.token}` } };
  expect(await (await platform.request('/p/doomed/auth/get-session', session)).json()).toBeNull();
  expect((await platform.admin('GET', '/projects/doomed/auth/users')).body.users).toEqual([]);
  expect((await signUp()).status).toBe(200);
  await add('doomed', 'new');
  expect((await count('doomed')).body.value).toBe(1);
});
