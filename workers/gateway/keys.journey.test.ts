/** Keys of every kind, at every door. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminTable, permissionsOf, type Role, roles } from '@betterbase/protocol/admin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { owner, setUpOwner, tokenOf } from './test/people.ts';
import { testApp } from './test/test-app.ts';

let platform: LocalPlatform;
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-keys-'));
  platform = await startLocalPlatform({ host: 'loader', state });
  await platform.deploy('mine', testApp);
  await platform.deploy('other', testApp);
});
afterAll(async () => {
  await platform.stop();
  await rm(state, { recursive: true });
});

const as = async (key: string, method: string, path: string, body?: unknown, from = '203.0.113.1'): Promise<Answer> => {
  const response = await platform.request(path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'cf-connecting-ip': from },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : text };
};
const make = async (order: object): Promise<{ readonly key: string; readonly id: string }> => {
  const { status, body } = await platform.admin('POST', '/api-keys', order);
  expect([status, body]).toEqual([201, expect.anything()]);
  return { key: body.key, id: body.api_key.id };
};
const rotate = async (project: string, kind: string): Promise<string> =>
  (await platform.admin('POST', `/projects/${project}/keys/${kind}/rotate`)).body.key;
const secret = (project: string, headers: Record<string, string>) =>
  platform.post(`/p/${project}/api/query`, { path: 'items:secret', args: {} }, headers);

describe('admin keys', () => {
  test('a key is told once, opens the admin API, and ends when it is revoked', async () => {
    const created = await platform.admin('POST', '/api-keys', { name: 'ci', role: 'viewer' });
    expect(created.body).toMatchObject({
      key: expect.stringMatching(/^bb_live_[0-9a-f]{64}$/),
      api_key: { role: 'viewer', project: null },
    });
    const { key, api_key } = created.body;
    expect(key.startsWith(api_key.prefix)).toBe(true);
    expect((await as(key, 'GET', '/admin/projects')).body.projects).toHaveLength(2);
    const listed = (await platform.admin('GET', '/api-keys')).body.api_keys.find(({ id }: { id: string }) => id === api_key.id);
    expect(listed).toMatchObject({ name: 'ci', last_used_at: expect.any(Number), revoked_at: null });
    expect(JSON.stringify(listed)).not.toContain(key);

    expect(await platform.admin('DELETE', `/api-keys/${api_key.id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect(await as(key, 'GET', '/admin/projects')).toMatchObject({ status: 401, body: { code: 'auth/bad-key' } });
    expect(await platform.admin('DELETE', '/api-keys/none')).toMatchObject({ status: 404, body: { code: 'key/not-found' } });
  });

  test('a key that has expired opens nothing', async () => {
    const { key } = await make({ name: 'short', role: 'viewer', expires_at: Date.now() + 1_500 });
    expect((await as(key, 'GET', '/admin/whoami')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect((await as(key, 'GET', '/admin/whoami')).status).toBe(401);
  });

  test('nobody makes, rotates or revokes a key that can do more than they can', async () => {
    const owner = await make({ name: 'owner', role: 'owner' });
    const admin = await make({ name: 'admin', role: 'admin' });
    const own = await make({ name: 'own', role: 'admin', project: 'mine' });
    const narrow = await make({ name: 'narrow', role: 'admin', scopes: ['team_edit', 'team_create'] });
    const refused = { status: 403, body: { code: 'auth/forbidden' } };

    expect(await as(admin.key, 'POST', '/admin/api-keys', { name: 'x', role: 'owner' })).toMatchObject(refused);
    expect(await as(admin.key, 'DELETE', `/admin/api-keys/${owner.id}`)).toMatchObject(refused);
    expect(await as(own.key, 'POST', '/admin/api-keys', { name: 'x', role: 'viewer', project: 'other' })).toMatchObject(refused);
    expect(await as(own.key, 'DELETE', `/admin/api-keys/${admin.id}`)).toMatchObject({ status: 404 });
    expect(await as(narrow.key, 'POST', '/admin/projects/mine/keys/secret/rotate')).toMatchObject(refused);
    expect((await as(own.key, 'POST', '/admin/api-keys', { name: 'x', role: 'viewer' })).body.api_key).toMatchObject({ project: 'mine' });
    const seen = (await as(own.key, 'GET', '/admin/api-keys')).body.api_keys;
    expect(new Set(seen.map(({ project }: { project: string }) => project))).toEqual(new Set(['mine']));
    expect((await as(own.key, 'GET', '/admin/projects')).body.projects).toMatchObject([{ slug: 'mine' }]);
  });

  test('orders that make no sense are refused', async () => {
    for (const body of [{}, { name: '' }, { name: 'x', role: 'god' }, { name: 'x', expires_at: 1 }, { name: 'x', extra: 1 }])
      expect(await platform.admin('POST', '/api-keys', body)).toMatchObject({ status: 400, body: { code: 'http/bad-body' } });
    expect(await platform.admin('POST', '/api-keys', { name: 'x', role: 'viewer', scopes: ['team_edit'] })).toMatchObject({ status: 400 });
    expect(await platform.admin('POST', '/api-keys', { name: 'x', project: 'none' })).toMatchObject({
      status: 404,
      body: { code: 'project/not-found' },
    });
  });

  test('a new project needs what making one needs', async () => {
    const { key } = await make({ name: 'deployer', role: 'developer', scopes: ['functions_create'] });
    expect(await as(key, 'POST', '/admin/projects/fresh/deployments', { app: testApp })).toMatchObject({ status: 403 });
    expect((await as(key, 'POST', '/admin/projects/mine/deployments', { app: testApp })).status).toBe(201);
  });
});

describe('keys that a key has made', () => {
  const by = async (key: string, name: string, order: object = {}) =>
    (await as(key, 'POST', '/admin/api-keys', { name, role: 'admin', ...order })).body;
  const opens = async (keys: readonly string[]) =>
    await Promise.all(keys.map(async (key) => (await as(key, 'GET', '/admin/whoami', undefined, '203.0.113.2')).status));
  const namesOf = (keys: readonly { name: string }[]) => keys.map(({ name }) => name).sort();

  test('end with it, those too that these made; it is said which, and the log has each of them', async () => {
    const leaked = await make({ name: 'leaked', role: 'admin' });
    const child = await by(leaked.key, 'child');
    const grandchild = await by(child.key, 'grandchild', { role: 'viewer' });
    const over = await by(leaked.key, 'revoked before');
    const below = await by(over.key, 'of one that was revoked before');
    await platform.admin('DELETE', `/api-keys/${over.api_key.id}?keep_made=true`);
    const other = await make({ name: 'of somebody else', role: 'viewer' });
    const project = (await as(leaked.key, 'POST', '/admin/projects/mine/keys/secret/rotate')).body.key;
    expect(await opens([grandchild.key, below.key])).toEqual([200, 200]);
    expect((await secret('mine', { authorization: `Bearer ${child.key}` })).status).toBe(200);

    const { body } = await platform.admin('DELETE', `/api-keys/${leaked.id}`);
    expect(namesOf(body.revoked_keys)).toEqual(['child', 'grandchild', 'leaked', 'of one that was revoked before']);
    expect(body).toMatchObject({ success: true, kept_keys: [], seen_keys: [{ kind: 'secret', project: 'mine' }] });
    expect(await opens([leaked.key, child.key, grandchild.key, below.key, other.key])).toEqual([401, 401, 401, 401, 200]);
    expect((await secret('mine', { authorization: `Bearer ${child.key}` })).status).toBe(401);
    expect((await secret('mine', { authorization: `Bearer ${project}` })).status).toBe(200);
    const { logs } = (await platform.admin('GET', '/audit?action=api_key.revoke&limit=4')).body;
    expect(new Set(logs.map(({ resource_id }: { resource_id: string }) => resource_id))).toEqual(
      new Set(body.revoked_keys.map(({ id }: { id: string }) => id)),
    );
  });

  test('go on where that is asked for, until it is revoked once more', async () => {
    const maker = await make({ name: 'maker', role: 'admin' });
    const made = await by(maker.key, 'made');
    expect((await platform.admin('DELETE', `/api-keys/${maker.id}?keep_made=maybe`)).status).toBe(400);
    const { body } = await platform.admin('DELETE', `/api-keys/${maker.id}?keep_made=true`);
    expect([namesOf(body.revoked_keys), namesOf(body.kept_keys)]).toEqual([['maker'], ['made']]);
    expect(await opens([maker.key, made.key])).toEqual([401, 200]);
    expect(namesOf((await platform.admin('DELETE', `/api-keys/${maker.id}`)).body.revoked_keys)).toEqual(['made']);
    expect(await opens([made.key])).toEqual([401]);
  });

  test('end with it however many they are', async () => {
    const { key, id } = await make({ name: 'makes many', role: 'admin' });
    const names = Array.from({ length: 60 }, (_, at) => `one of many ${at}`);
    const made = await Promise.all(names.map((name) => by(key, name)));
    expect(namesOf((await platform.admin('DELETE', `/api-keys/${id}`)).body.revoked_keys)).toEqual(['makes many', ...names].sort());
    expect(await opens([made[0].key, made.at(-1).key])).toEqual([401, 401]);
    const { logs } = (await platform.admin('GET', '/audit?action=api_key.revoke&limit=61')).body;
    expect(new Set(logs.map(({ before_data }: { before_data: { name: string } }) => before_data.name))).toEqual(
      new Set(['makes many', ...names]),
    );
  });

  test('are not taken away by who may do less than they can', async () => {
    const creator = await make({ name: 'creator', role: 'developer' });
    const opened = await as(creator.key, 'POST', '/admin/projects', { slug: 'of-a-key' });
    const { admin } = opened.body.keys;
    const made = await by(admin, 'made by the project’s admin key');
    const scopes = [...permissionsOf('developer'), 'team_delete'];
    const revoker = await make({ name: 'revoker', role: 'admin', scopes });
    expect(await as(revoker.key, 'DELETE', `/admin/api-keys/${creator.id}`)).toMatchObject({
      status: 403,
      body: { code: 'auth/forbidden' },
    });
    expect(await opens([creator.key, made.key])).toEqual([200, 200]);
    expect((await as(revoker.key, 'DELETE', `/admin/api-keys/${creator.id}?keep_made=true`)).status).toBe(200);
    expect(namesOf((await platform.admin('DELETE', `/api-keys/${creator.id}`)).body.revoked_keys)).toEqual([
      'made by the project’s admin key',
    ]);
    expect(await opens([creator.key, made.key, admin])).toEqual([401, 401, 200]);
    await platform.admin('DELETE', '/projects/of-a-key', { confirm: 'of-a-key' });
  });

  test('do not outlive it', async () => {
    const end = Date.now() + 60_000;
    const { key } = await make({ name: 'for a minute', role: 'admin', expires_at: end });
    const ends = [undefined, end + 1, end - 1].map(async (at) => (await by(key, 'made', { expires_at: at })).api_key.expires_at);
    expect(await Promise.all(ends)).toEqual([end, end, end - 1]);
    const child = await by(key, 'child');
    expect((await by(child.key, 'grandchild')).api_key.expires_at).toBe(end);
  });
});

describe('a project’s own keys', () => {
  test('the secret key calls internal functions of its project only, at both doors, and administers nothing', async () => {
    const key = await rotate('mine', 'secret');
    expect((await secret('mine', {})).status).toBe(404);
    for (const headers of [{ authorization: `Bearer ${key}` }, { authorization: `Convex ${key}` }, { apikey: key }])
      expect((await secret('mine', headers)).body).toMatchObject({ status: 'success', value: 'hidden' });
    expect(await platform.post('/p/mine/betterbase/query/items/secret', {}, { authorization: `Bearer ${key}` })).toMatchObject({
      body: { result: 'hidden' },
    });
    expect(await secret('other', { authorization: `Bearer ${key}` })).toMatchObject({ status: 403, body: { code: 'auth/forbidden' } });
    expect(await secret('mine', { authorization: `Bearer bb_secret_${'0'.repeat(64)}` })).toMatchObject({
      status: 401,
      body: { code: 'auth/bad-key' },
    });
    expect(await as(key, 'GET', '/admin/projects/mine/functions')).toMatchObject({ status: 403, body: { code: 'auth/forbidden' } });
  });

  test('the publishable key opens what is open to all, in its project only', async () => {
    const key = await rotate('mine', 'publishable');
    const count = (project: string) => platform.post(`/p/${project}/api/query`, { path: 'items:count', args: {} }, { apikey: key });
    expect(await count('mine')).toMatchObject({ status: 200, body: { value: expect.any(Number) } });
    expect(await count('other')).toMatchObject({ status: 401, body: { code: 'auth/bad-key' } });
    expect((await secret('mine', { authorization: `Bearer ${key}` })).status).toBe(404);
    expect((await as(key, 'GET', '/admin/projects')).status).toBe(403);
  });

  test('the admin key administers its project, and rotating ends the one before it', async () => {
    const key = await rotate('mine', 'admin');
    expect((await as(key, 'GET', '/admin/projects/mine/environment')).status).toBe(200);
    expect(await as(key, 'GET', '/admin/projects/other/environment')).toMatchObject({ status: 403 });
    const next = (await as(key, 'POST', '/admin/projects/mine/keys/admin/rotate')).body.key;
    expect((await as(key, 'GET', '/admin/whoami')).status).toBe(401);
    expect((await as(next, 'GET', '/admin/whoami')).body.principal).toMatchObject({ grants: [{ project: 'mine' }] });
    expect(
      (await platform.admin('GET', '/projects/mine/keys')).body.keys.filter(({ kind }: { kind: string }) => kind === 'admin'),
    ).toHaveLength(1);
  });

  test('what an admin key has made ends when it is rotated, unless that is to go on', async () => {
    const made = async (key: string, name: string) =>
      (await as(key, 'POST', '/admin/api-keys', { name, role: 'developer' })).body.key as string;
    const opens = async (key: string) => (await as(key, 'GET', '/admin/whoami')).status;
    const kept = await made(await rotate('mine', 'admin'), 'kept');
    const { body: rotated } = await platform.admin('POST', '/projects/mine/keys/admin/rotate?keep_made=true');
    expect([rotated.revoked_keys, rotated.kept_keys]).toMatchObject([[], [{ name: 'kept' }]]);
    expect(await opens(kept)).toBe(200);

    const left = await made(rotated.key, 'left by a leak');
    expect(await opens(left)).toBe(200);
    const { body } = await platform.admin('POST', '/projects/mine/keys/admin/rotate');
    expect([body.revoked_keys, body.kept_keys]).toMatchObject([[{ name: 'left by a leak' }], []]);
    expect([await opens(left), await opens(kept), await opens(body.key)]).toEqual([401, 200, 200]);
  });

  test('a rotated secret key calls nothing any more', async () => {
    const key = await rotate('mine', 'secret');
    expect((await secret('mine', { authorization: `Bearer ${key}` })).status).toBe(200);
    await rotate('mine', 'secret');
    expect((await secret('mine', { authorization: `Bearer ${key}` })).status).toBe(401);
  });
});

let first: string | null = null;
const startOwner = async (): Promise<string> => (first ??= await setUpOwner(platform));

describe('keys of people', () => {
  const join = async (email: string, role: string) => {
    const invited = await as(await startOwner(), 'POST', '/admin/invitations', { email, role });
    return (await as('', 'POST', '/admin/auth/join', { token: tokenOf(invited.body.link), password: owner.password })).body;
  };
  const keyOf = async (token: string, name: string, role: string) =>
    (await as(token, 'POST', '/admin/api-keys', { name, role })).body as { key: string; api_key: { id: string } };
  const calls = async (key: string) => (await secret('mine', { authorization: `Bearer ${key}` })).status;

  test('end with them, those that their keys made, too; it is said which, also of what they have seen', async () => {
    const leaver = await join('leaver@example.com', 'admin');
    const made = await keyOf(leaver.token, 'deploys', 'developer');
    const next = await keyOf((await keyOf(leaver.token, 'makes keys', 'admin')).key, 'made by a key', 'viewer');
    const other = await make({ name: 'of somebody else', role: 'viewer' });
    await as(leaver.token, 'POST', '/admin/projects', { slug: 'of-the-leaver' });
    const open = (await as(leaver.token, 'POST', '/admin/invitations', { email: 'second-self@example.com', role: 'admin' })).body;
    expect([await calls(made.key), (await as(next.key, 'GET', '/admin/projects')).status]).toEqual([200, 200]);

    const { body } = await platform.admin('DELETE', `/users/${leaver.admin.id}`);
    expect(body.revoked_keys.map(({ name }: { name: string }) => name).sort()).toEqual(['deploys', 'made by a key', 'makes keys']);
    expect(body.seen_keys.map(({ kind, project }: { kind: string; project: string }) => [kind, project]).sort()).toEqual([
      ['admin', 'of-the-leaver'],
      ['secret', 'of-the-leaver'],
    ]);
    expect([body.kept_keys, body.withdrawn_invitations]).toMatchObject([[], [{ email: 'second-self@example.com' }]]);
    expect([await calls(made.key), (await as(made.key, 'GET', '/admin/projects')).status]).toEqual([401, 401]);
    expect((await as(next.key, 'GET', '/admin/whoami')).status).toBe(401);
    expect((await as(other.key, 'GET', '/admin/projects')).status).toBe(200);
    expect((await as('', 'POST', '/admin/auth/join', { token: tokenOf(open.link), password: owner.password })).status).toBe(410);
    const [told] = (await platform.admin('GET', '/audit?action=admin.delete&limit=1')).body.logs;
    expect(JSON.stringify(told.after_data)).toContain(made.api_key.id);
    expect(JSON.stringify(told)).not.toContain(made.key);
  });

  test('go on where that is asked for, and whoever asks answers for them', async () => {
    const remover = await join('remover@example.com', 'owner');
    const leaver = await join('leaver@example.com', 'admin');
    const [kept, wide] = [await keyOf(leaver.token, 'kept', 'developer'), await keyOf(leaver.token, 'too much by now', 'admin')];
    const { assignments } = (await platform.admin('GET', '/users')).body.users.find(({ id }: { id: string }) => id === leaver.admin.id);
    await platform.admin('POST', '/roles/assignments', { admin_id: leaver.admin.id, role: 'developer' });
    await platform.admin('DELETE', `/roles/assignments/${assignments[0].id}`);
    const { body } = await as(remover.token, 'DELETE', `/admin/users/${leaver.admin.id}?keep_keys=true`);
    expect([body.kept_keys, body.revoked_keys]).toMatchObject([
      [{ name: 'kept', admin_id: leaver.admin.id }],
      [{ name: 'too much by now' }],
    ]);
    expect([await calls(kept.key), await calls(wide.key)]).toEqual([200, 401]);
    await platform.admin('DELETE', `/users/${remover.admin.id}`);
    expect(await calls(kept.key)).toBe(401);
    expect((await platform.admin('DELETE', '/users/none?keep_keys=maybe')).status).toBe(400);
  });

  test('an invitation makes nobody more than whoever made it may be by now', async () => {
    const demoted = await join('demoted@example.com', 'admin');
    const invite = async (email: string, role: string) => {
      const { body } = await as(demoted.token, 'POST', '/admin/invitations', { email, role });
      return () => as('', 'POST', '/admin/auth/join', { token: tokenOf(body.link), password: owner.password });
    };
    const [high, low] = [await invite('high@example.com', 'admin'), await invite('low@example.com', 'viewer')];
    const { assignments } = (await platform.admin('GET', '/users')).body.users.find(({ id }: { id: string }) => id === demoted.admin.id);
    await platform.admin('POST', '/roles/assignments', { admin_id: demoted.admin.id, role: 'viewer' });
    await platform.admin('DELETE', `/roles/assignments/${assignments[0].id}`);
    expect([(await high()).status, (await low()).status]).toEqual([410, 201]);
  });
});

describe('every route answers every role as the table says', () => {
  // Last, whatever was suspended is opened again, and whoever asks signs out.
  const isLast = (route: string): number => (route.endsWith('/logout') ? 2 : route.endsWith('/resume') ? 1 : 0);
  const rows = Object.entries(adminTable).sort(([one], [other]) => isLast(one) - isLast(other));

  const disagreement = async (
    token: string,
    role: Role,
    project: string | null,
    [route, rule]: (typeof rows)[number],
  ): Promise<string[]> => {
    const { permission, scope } = rule;
    const [method = '', path = ''] = route.split(' ');
    const reaches = project === null || scope === 'own' || (scope === 'project' && project === 'mine');
    const isAllowed = permission === null || (reaches && permissionsOf(role).has(permission));
    const address = path.replace(':project', 'mine').replace(':kind', 'none').replaceAll(/:\w+/g, 'none');
    const from = `${role} ${project}`;
    const { status, body } = await as(token, method, address, method === 'POST' || method === 'PATCH' ? [] : undefined, from);
    const isRefused = status === 403 && body.code === 'auth/forbidden';
    const disagrees = isRefused === isAllowed || (status === 401 && scope !== 'open');
    return disagrees ? [`${role} of ${project}: ${route} → ${status}`] : [];
  };
  const disagreements = async (token: string, role: Role, project: string | null): Promise<string[]> => {
    const asked = await Promise.all(rows.filter(([route]) => isLast(route) === 0).map((row) => disagreement(token, role, project, row)));
    for (const row of rows.filter(([route]) => isLast(route) > 0)) asked.push(await disagreement(token, role, project, row));
    return asked.flat();
  };
  const everyone = roles.flatMap((role) => [null, 'mine', 'other'].map((project) => ({ role, project })));

  test('to keys', async () => {
    for (const { role, project } of everyone) {
      const { key } = await make({ name: `${role} of ${project}`, role, project });
      expect(await disagreements(key, role, project)).toEqual([]);
    }
  });

  test('to keys of admins, whose roles are exchanged behind their keys', async () => {
    const maker = await startOwner();
    const invited = await as(maker, 'POST', '/admin/invitations', { email: 'maker@example.com', role: 'owner' });
    const { body } = await as('', 'POST', '/admin/auth/join', { token: tokenOf(invited.body.link), password: owner.password });
    const made = await as(body.token, 'POST', '/admin/api-keys', { name: 'of a maker', role: 'owner' });
    const next = await as(made.body.key, 'POST', '/admin/api-keys', { name: 'of that key', role: 'owner' });
    expect(made.body.api_key.admin_id).toBe(body.admin.id);
    expect(next.body.api_key).toMatchObject({ created_by: made.body.api_key.id, admin_id: body.admin.id });
    const assigned = (await platform.admin('GET', '/users')).body.users.find(({ id }: { id: string }) => id === body.admin.id);
    let before: string = assigned.assignments[0].id;
    for (const { role, project } of everyone.filter(({ project }) => project !== 'other')) {
      await platform.admin('DELETE', `/roles/assignments/${before}`);
      before = (await platform.admin('POST', '/roles/assignments', { admin_id: body.admin.id, role, project })).body.assignment.id;
      expect(await disagreements(next.body.key, role, project)).toEqual([]);
    }
    await platform.admin('DELETE', `/roles/assignments/${before}`);
    expect((await as(made.body.key, 'GET', '/admin/whoami')).body.principal.grants).toEqual([]);
    expect((await secret('mine', { authorization: `Bearer ${made.body.key}` })).status).toBe(403);
  });

  test('to admins, whose roles are exchanged under their sessions', async () => {
    const { link } = (await platform.admin('POST', '/invitations', { email: 'many@example.com', role: 'viewer', project: 'other' })).body;
    await as('', 'POST', '/admin/auth/join', { token: tokenOf(link), password: owner.password });
    const many = (await platform.admin('GET', '/users')).body.users.find(({ email }: { email: string }) => email === 'many@example.com');
    let before: string = many.assignments[0].id;
    for (const { role, project } of everyone) {
      const { body } = await as('', 'POST', '/admin/auth/login', { email: many.email, password: owner.password });
      await platform.admin('DELETE', `/roles/assignments/${before}`);
      before = (await platform.admin('POST', '/roles/assignments', { admin_id: many.id, role, project })).body.assignment.id;
      expect(await disagreements(body.token, role, project)).toEqual([]);
      expect((await as(body.token, 'GET', '/admin/whoami')).status).toBe(401);
    }
  });
});

test('no file holds a key', async () => {
  const { key } = await make({ name: 'kept nowhere' });
  await as(key, 'GET', '/admin/projects');
  const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) expect((await readFile(join(file.parentPath, file.name))).includes(key)).toBe(false);
});

test('an address from which key after key opens nothing waits', async () => {
  const headers = (digit: number) => ({
    authorization: `Bearer bb_live_${String(digit).padStart(64, '0')}`,
    'cf-connecting-ip': '203.0.113.9',
  });
  const codes: (string | null)[] = [];
  for (let digit = 0; digit < 32; digit += 1)
    codes.push((await platform.request('/admin/projects', { headers: headers(digit) })).headers.get('x-betterbase-error'));
  expect([codes[0], codes[29], codes[31]]).toEqual(['auth/bad-key', 'auth/bad-key', 'auth/too-many-attempts']);
  expect((await platform.request('/admin/projects', { headers: { ...headers(0), 'cf-connecting-ip': '203.0.113.10' } })).status).toBe(401);
});

test('a key that asks too much of what is heavy waits', async () => {
  const { key } = await make({ name: 'busy', role: 'viewer' });
  const answers: Answer[] = [];
  for (let request = 0; request < 122; request += 1) answers.push(await as(key, 'POST', '/admin/projects/mine/iac/query', []));
  expect(answers[0]).toMatchObject({ status: 400 });
  expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'limit/requests', details: { retryAfter: expect.any(Number) } } });
  expect((await as(key, 'GET', '/admin/whoami')).status).toBe(200);
});
