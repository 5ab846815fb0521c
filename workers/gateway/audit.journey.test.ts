/** What the audit log says of changes, in D1 and in projects. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { adminTable, pageActions } from '@betterbase/protocol/admin';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { appCode } from './test/app-codes.ts';
import { askAs, inviteAs, owner, setUpOwner, tokenOf } from './test/people.ts';
import { testApp } from './test/test-app.ts';

let platform: LocalPlatform;
let viewer: { readonly key: string; readonly id: string };

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { ENCRYPTION_KEY: 'a key for journeys, long enough to be one' } });
  await platform.deploy('app', testApp);
  const { key, api_key } = (await platform.admin('POST', '/api-keys', { name: 'auditor', role: 'viewer', project: 'app' })).body;
  viewer = { key, id: api_key.id };
});
afterAll(() => platform.stop());

const entries = async (query = ''): Promise<Record<string, unknown>[]> => (await platform.admin('GET', `/audit?${query}`)).body.logs;

/** Sets one up, does without it, and sets one up again. */
async function useSecondFactor(token: string, password: string): Promise<void> {
  const path = '/admin/auth/second-factor';
  const enable = async (): Promise<readonly [string, string]> => {
    const { secret } = (await askAs(platform, token, 'POST', path, { password })).body;
    return (await askAs(platform, token, 'POST', `${path}/confirm`, { code: await appCode(secret) })).body.backup_codes;
  };
  const [first] = await enable();
  const [fresh] = (await askAs(platform, token, 'POST', `${path}/codes`, { password, code: first })).body.backup_codes;
  await askAs(platform, token, 'DELETE', path, { password, code: fresh });
  await enable();
}

/** Everything that people do with each other, once. */
async function actAsPeople(): Promise<void> {
  const first = await setUpOwner(platform);
  const invited = await askAs(platform, first, 'POST', '/admin/invitations', { email: 'brief@example.com', role: 'viewer' });
  await askAs(platform, first, 'DELETE', `/admin/invitations/${invited.body.invitation.id}`);
  const other = await inviteAs(platform, first, { email: 'other@example.com', role: 'viewer', project: 'app' });
  const { admin } = (await askAs(platform, other, 'GET', '/admin/auth/me')).body;
  const { assignment } = (await platform.admin('POST', '/roles/assignments', { admin_id: admin.id, role: 'developer', project: 'app' }))
    .body;
  await platform.admin('DELETE', `/roles/assignments/${assignment.id}`);
  await askAs(platform, other, 'POST', '/admin/auth/password', { current: owner.password, password: 'never-told-password' });
  await askAs(platform, null, 'POST', '/admin/auth/login', { email: admin.email, password: 'never-told-password' });
  await useSecondFactor(other, 'never-told-password');
  await askAs(platform, other, 'POST', '/admin/auth/logout');
  await platform.admin('DELETE', `/users/${admin.id}/second-factor`);
  const { link } = (await platform.admin('POST', `/users/${admin.id}/reset`)).body;
  await askAs(platform, null, 'POST', '/admin/auth/reset', { token: tokenOf(link), password: 'never-told-password' });
  await platform.admin('PUT', '/email', { provider: 'relay', from: 'bb@example.com', relay_url: 'https://nowhere.invalid/send' });
  await askAs(platform, null, 'POST', '/admin/auth/reset/request', { email: admin.email });
  await platform.admin('DELETE', `/users/${admin.id}`);
  const { user_code } = (await askAs(platform, null, 'POST', '/device/code', {})).body;
  await askAs(platform, first, 'DELETE', `/admin/cli-sessions/pending/${user_code}`);
  await platform.admin('PATCH', '/instance', { instance_name: 'Audited' });
}

test('every change that the table names is told, with who, what, where and how it ended', async () => {
  const changes: readonly (readonly [string, string, unknown?])[] = [
    ['POST', '/projects/app/keys/secret/rotate'],
    ['PATCH', '/projects/app/environment', { set: { PASSWORD: 'never-told' } }],
    ['POST', '/projects/app/deployments', { app: `${testApp}\n// again`, message: 'again' }],
    ['POST', '/projects/app/deployments/rollback', {}],
    ['POST', '/projects/app/exports', {}],
    ['POST', '/projects/app/imports/none/finish', {}],
    ['PATCH', '/projects/app/auth/settings', { otp_enabled: true }],
    ['PATCH', '/projects/app/auth/users/none', { name: 'Nobody' }],
    ['DELETE', '/projects/app/auth/users/none/sessions'],
    ['DELETE', '/projects/app/auth/users/none'],
    ['PUT', '/email', { provider: 'none' }],
    ['POST', '/projects', { slug: 'brief', name: 'Brief' }],
    ['PATCH', '/projects/brief', { name: 'Short' }],
    ['POST', '/projects/brief/suspend'],
    ['POST', '/projects/brief/resume'],
    ['DELETE', '/projects/brief', { confirm: 'brief' }],
  ];
  for (const [method, path, body] of changes) await platform.admin(method, path, body);
  await actAsPeople();
  const passing = (await platform.admin('POST', '/api-keys', { name: 'passing', role: 'viewer' })).body;
  await platform.admin('DELETE', `/api-keys/${passing.api_key.id}`);

  // Mailing goes on after the answer.
  await expect.poll(async () => (await entries('action=admin.forgot')).length).toBe(1);
  const told = await entries('limit=200');
  const expected = Object.values(adminTable).flatMap(({ audit }) => (audit === null ? [] : [audit]));
  expect(new Set(told.map(({ action }) => action))).toEqual(new Set(expected));
  expect((await platform.admin('GET', '/audit/actions')).body.actions).toEqual([...new Set([...expected, ...pageActions])].sort());
  expect(told.find(({ action }) => action === 'environment.update')).toMatchObject({
    actor: 'root',
    project: 'app',
    outcome: 'done',
    after_data: { set: ['PASSWORD'], unset: [] },
  });
  expect(told.find(({ action }) => action === 'function.deploy')).toMatchObject({
    outcome: 'done',
    after_data: { deployment: expect.any(String), message: 'again' },
  });
  expect(told.find(({ action }) => action === 'data.import')).toMatchObject({ outcome: 'import/not-found' });
  expect(told.find(({ action }) => action === 'api_key.revoke')).toMatchObject({
    resource_id: passing.api_key.id,
    before_data: { name: 'passing', role: 'viewer' },
  });
  expect(told.find(({ action }) => action === 'project.update')).toMatchObject({
    before_data: { name: 'Brief' },
    after_data: { name: 'Short' },
  });
  expect(told.find(({ action }) => action === 'admin.login')).toMatchObject({ actor_name: 'other@example.com', resource_type: 'session' });
  expect(told.find(({ action }) => action === 'admin.delete')).toMatchObject({ before_data: { email: 'other@example.com' } });
  expect(told.find(({ action }) => action === 'project.delete')).toMatchObject({ outcome: 'done', before_data: { slug: 'brief' } });
  expect(JSON.stringify(told)).not.toContain('never-told');
  expect(JSON.stringify(told)).not.toContain(passing.key);
});

test('what is refused at the door changes nothing and is not told; what is refused inside is', async () => {
  const before = (await platform.admin('GET', '/audit')).body.total;
  const headers = { authorization: `Bearer ${viewer.key}` };
  const body = '{"set":{"A":"1"}}';
  expect((await platform.request('/admin/projects/app/environment', { method: 'PATCH', headers, body })).status).toBe(403);
  expect((await platform.admin('GET', '/audit')).body.total).toBe(before);
  await platform.admin('PATCH', '/projects/app/environment', { set: { 'no-name': '1' } });
  expect((await entries('limit=1'))[0]).toMatchObject({ action: 'environment.update', outcome: 'environment/bad-name' });
});

test('the address and the key are kept', async () => {
  const { key } = (await platform.admin('POST', '/api-keys', { name: 'deployer', role: 'developer' })).body;
  const headers = { authorization: `Bearer ${key}`, 'cf-connecting-ip': '203.0.113.7' };
  await platform.request('/admin/projects/app/environment', { method: 'PATCH', headers, body: '{"set":{"B":"1"}}' });
  expect((await entries('limit=1'))[0]).toMatchObject({ actor_name: 'deployer', address: '203.0.113.7' });
});

test('the log is filtered, and read page by page', async () => {
  const all = await entries('limit=200');
  const pages = [...(await entries('limit=3')), ...(await entries('limit=3&offset=3'))];
  expect(pages.map(({ id }) => id)).toEqual(all.slice(0, 6).map(({ id }) => id));
  expect((await entries('action=api_key.create')).every(({ action }) => action === 'api_key.create')).toBe(true);
  expect(await entries(`from=${Date.now() + 60_000}`)).toEqual([]);
  expect(await entries('to=2001-01-01')).toEqual([]);
  expect(await entries('actor=nobody')).toEqual([]);
  for (const bad of ['limit=x', 'from=soon', 'offset=-1'])
    expect(await platform.admin('GET', `/audit?${bad}`)).toMatchObject({ status: 400, body: { code: 'http/bad-body' } });
});

test('a key of one project sees what was done to it, whatever it asks for', async () => {
  await platform.deploy('other', testApp);
  const seen = async (query: string): Promise<Set<string>> => {
    const answer = await platform.request(`/admin/audit?${query}`, { headers: { authorization: `Bearer ${viewer.key}` } });
    const { logs }: { logs: { project: string }[] } = JSON.parse(await answer.text());
    return new Set(logs.map(({ project }) => project));
  };

  expect(await seen('limit=200')).toEqual(new Set(['app']));
  expect(await seen('limit=200&project=other')).toEqual(new Set());
});

test('where the log cannot be written, what is in its database does not happen, and what is in a project is told later, once, whatever happens meanwhile', async () => {
  const state = await mkdtemp(join(tmpdir(), 'betterbase-audit-'));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const begin = () =>
    startLocalPlatform({ host: 'loader', state, vars: { ENCRYPTION_KEY: 'a key for journeys, long enough to be one' }, onLog: () => {} });
  const change = (on: LocalPlatform, name: string) => on.admin('PATCH', '/projects/app/environment', { set: { [name]: '1' } });
  const told = async (on: LocalPlatform): Promise<string[]> =>
    (await on.admin('GET', '/audit?action=environment.update')).body.logs.map(
      ({ after_data }: { after_data: { set: string[] } }) => after_data.set[0],
    );

  const first = await begin();
  try {
    await first.deploy('app', testApp);
    await first.rows('DB', 'ALTER TABLE audit_log RENAME TO elsewhere');
    expect((await first.admin('PATCH', '/instance', { instance_name: 'Never' })).status).toBe(500);
    expect((await first.admin('POST', '/api-keys', { name: 'never', role: 'viewer' })).status).toBe(500);
    expect([
      (await first.admin('GET', '/instance')).body.settings.instance_name,
      (await first.admin('GET', '/api-keys')).body.api_keys,
    ]).toEqual(['BetterBase', []]);
    expect((await change(first, 'IN_THE_GAP')).status).toBe(200);
    expect((await first.admin('GET', '/projects/app/environment')).body.environment).toMatchObject([{ name: 'IN_THE_GAP' }]);
    await first.rows('DB', 'ALTER TABLE elsewhere RENAME TO audit_log');
    expect(await told(first)).toEqual([]);
  } finally {
    await first.stop();
  }
  const second = await begin();
  try {
    await change(second, 'AFTERWARDS');
    expect((await told(second)).sort()).toEqual(['AFTERWARDS', 'IN_THE_GAP']);
    await change(second, 'LATER');
    expect((await told(second)).sort()).toEqual(['AFTERWARDS', 'IN_THE_GAP', 'LATER']);
  } finally {
    await second.stop();
  }
});
