/** The people who administer an installation. */
import { setupToken } from '@betterbase/protocol/admin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminKey, type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { askAs, inviteAs, owner, setUpOwner, tokenOf } from './test/people.ts';
import { testApp } from './test/test-app.ts';

let platform: LocalPlatform;
let olga: string;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader' });
  await platform.deploy('mine', testApp);
  await platform.deploy('other', testApp);
});
afterAll(() => platform.stop());

const as = (token: string | null, method: string, path: string, body?: unknown): Promise<Answer> =>
  askAs(platform, token, method, path, body);
const login = (email: string, password: string, more: object = {}) => as(null, 'POST', '/admin/auth/login', { email, password, ...more });
const refused = (status: number, code: string) => ({ status, body: { code } });

test('the first admin is whoever has the setup token, and of several at once one', async () => {
  const token = await setupToken(adminKey);
  const setUp = (more: object) => as(null, 'POST', '/admin/auth/setup', { ...owner, token, ...more });
  expect(await setUp({ token: 'bb_setup_guess' })).toMatchObject(refused(401, 'auth/bad-credentials'));
  expect(await setUp({ password: 'short' })).toMatchObject(refused(400, 'http/bad-body'));
  expect((await login(owner.email, owner.password)).status).toBe(401);

  const answers = await Promise.all(['a', 'b', 'c'].map((name) => setUp({ email: `${name}@example.com` })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410]);
  const first = answers.find(({ status }) => status === 201)?.body;
  expect(first).toMatchObject({ token: expect.stringMatching(/^bb_session_[0-9a-f]{64}$/), admin: { email: expect.any(String) } });
  expect(await setUp({})).toMatchObject(refused(410, 'admin/set-up'));
  expect((await platform.admin('GET', '/users')).body.users).toMatchObject([{ assignments: [{ role: 'owner', project: null }] }]);

  olga = await inviteAs(platform, first.token, { email: owner.email, role: 'owner' });
  expect((await as(olga, 'DELETE', `/admin/users/${first.admin.id}`)).status).toBe(200);
  expect(await as(first.token, 'GET', '/admin/auth/me')).toMatchObject(refused(401, 'auth/session-ended'));
});

describe('sessions', () => {
  test('whoever signs in may do what their role allows, until they sign out', async () => {
    const { body } = await login(' Olga@Example.com ', owner.password);
    expect((await as(body.token, 'GET', '/admin/whoami')).body.principal).toMatchObject({
      name: owner.email,
      kind: 'admin',
      grants: [{ project: null }],
    });
    expect((await as(body.token, 'GET', '/admin/auth/me')).body).toEqual({ admin: body.admin, second_factor: false, must_enrol: false });
    expect((await as(body.token, 'GET', '/admin/projects')).body.projects).toHaveLength(2);
    expect((await as(body.token, 'POST', '/admin/auth/logout')).status).toBe(200);
    for (const path of ['/admin/projects', '/admin/auth/me'])
      expect(await as(body.token, 'GET', path)).toMatchObject(refused(401, 'auth/session-ended'));
    expect(await as(adminKey, 'GET', '/admin/auth/me')).toMatchObject(refused(403, 'admin/no-person'));
  });

  test('a wrong password and an unknown address are told alike, and a guesser waits', async () => {
    const [wrong, unknown] = [await login(owner.email, 'wrong password'), await login('nobody@example.com', 'wrong password')];
    expect([wrong.status, wrong.body.code, wrong.body.error]).toEqual([unknown.status, unknown.body.code, unknown.body.error]);
    for (let time = 0; time < 4; time += 1) await login('nobody@example.com', 'guess');
    expect(await login('nobody@example.com', 'guess')).toMatchObject({
      status: 429,
      body: { code: 'auth/too-many-attempts', details: { retryAfter: expect.any(Number) } },
    });
    expect((await login(owner.email, owner.password)).status).toBe(200);
  });

  test('sessions are listed, and ended one by one; those of others are out of reach', async () => {
    const { body } = await login(owner.email, owner.password);
    const { sessions } = (await as(body.token, 'GET', '/admin/auth/sessions')).body;
    expect(sessions[0]).toMatchObject({ current: true, user_agent: expect.any(String), expires_at: expect.any(Number) });
    const ben = await inviteAs(platform, olga, { email: 'ben@example.com', role: 'owner' });
    expect(await as(ben, 'DELETE', `/admin/auth/sessions/${sessions[0].id}`)).toMatchObject(refused(404, 'admin/not-found'));
    expect((await as(olga, 'DELETE', `/admin/auth/sessions/${sessions[0].id}`)).status).toBe(200);
    expect(await as(body.token, 'GET', '/admin/auth/me')).toMatchObject(refused(401, 'auth/session-ended'));
  });

  test('a new password ends the other sessions', async () => {
    const eve = await inviteAs(platform, olga, { email: 'eve@example.com', role: 'viewer' });
    const other = (await login('eve@example.com', owner.password)).body.token;
    const change = { current: owner.password, password: 'another horse battery' };
    expect(await as(eve, 'POST', '/admin/auth/password', { ...change, current: 'wrong' })).toMatchObject(
      refused(401, 'auth/bad-credentials'),
    );
    expect((await as(eve, 'POST', '/admin/auth/password', change)).status).toBe(200);
    expect((await as(eve, 'GET', '/admin/auth/me')).status).toBe(200);
    expect((await as(other, 'GET', '/admin/auth/me')).status).toBe(401);
    expect((await login('eve@example.com', owner.password)).status).toBe(401);
    expect((await login('eve@example.com', change.password)).status).toBe(200);
  });

  test('the oldest sessions end where there would be more than are allowed', async () => {
    const first = (await login(owner.email, owner.password)).body.token;
    await platform.admin('PATCH', '/instance', { max_sessions_per_user: 2 });
    const second = (await login(owner.email, owner.password)).body.token;
    const third = (await login(owner.email, owner.password)).body.token;
    expect(await Promise.all([first, second, third].map(async (token) => (await as(token, 'GET', '/admin/auth/me')).status))).toEqual([
      401, 200, 200,
    ]);
    await platform.admin('PATCH', '/instance', { max_sessions_per_user: 50 });
    olga = third;
  });

  test('a session that is over opens nothing', async () => {
    const { token } = (await login(owner.email, owner.password)).body;
    const { id } = (await as(token, 'GET', '/admin/auth/sessions')).body.sessions[0];
    await platform.rows('DB', `UPDATE admin_sessions SET expires_at = '${new Date(Date.now() - 1).toISOString()}' WHERE id = '${id}'`);
    expect(await as(token, 'GET', '/admin/whoami')).toMatchObject(refused(401, 'auth/session-ended'));
    expect((await as(olga, 'GET', '/admin/auth/sessions')).body.sessions.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  test('what is in the database opens nothing', async () => {
    const kept = await platform.rows('DB', 'SELECT token FROM admin_sessions');
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(olga.replace('bb_session_', ''));
    const passwords = await platform.rows('DB', 'SELECT password FROM admin_accounts');
    expect(JSON.stringify(passwords)).not.toContain(owner.password);
  });
});

describe('browsers', () => {
  test('a session in a cookie is not told to scripts, and changes something only for pages of the same origin', async () => {
    const signedIn = await platform.request('/admin/auth/login', { method: 'POST', body: JSON.stringify({ ...owner, cookie: true }) });
    const set = signedIn.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^betterbase=bb_session_[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    expect(await signedIn.json()).toMatchObject({ token: null });
    const cookie = set.split(';')[0] ?? '';
    const ask = async (method: string, headers: Record<string, string>) => {
      const response = await platform.request('/admin/api-keys', {
        method,
        headers: { cookie, ...headers },
        ...(method === 'POST' ? { body: '{"name":"x"}' } : {}),
      });
      return response.status;
    };
    expect(await ask('GET', {})).toBe(200);
    expect([await ask('POST', {}), await ask('POST', { origin: 'https://evil.example' }), await ask('POST', { origin: 'null' })]).toEqual([
      403, 403, 403,
    ]);
    expect(await ask('POST', { origin: platform.url })).toBe(201);
    const out = await platform.request('/admin/auth/logout', { method: 'POST', headers: { cookie, origin: platform.url } });
    expect(out.headers.get('set-cookie')).toContain('betterbase=; ');
    expect(await ask('GET', {})).toBe(401);
  });
});

describe('invitations', () => {
  const invite = (token: string, order: object) => as(token, 'POST', '/admin/invitations', order);
  const join = (token: string) => as(null, 'POST', '/admin/auth/join', { token, password: 'a good long password' });

  test('a link makes one admin, once, with the role it was made for', async () => {
    const { body } = await invite(olga, { email: 'ann@example.com', role: 'developer', project: 'mine' });
    const token = tokenOf(body.link);
    expect((await as(olga, 'GET', '/admin/invitations')).body.invitations).toMatchObject([{ email: 'ann@example.com' }]);
    const both = await Promise.all([join(token), join(token)]);
    expect(both.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(await join(token)).toMatchObject(refused(410, 'admin/invitation-over'));
    const ann = both.find(({ status }) => status === 201)?.body.token;
    expect((await as(ann, 'GET', '/admin/projects')).body.projects).toMatchObject([{ slug: 'mine' }]);
    expect(await as(ann, 'GET', '/admin/projects/other/functions')).toMatchObject(refused(403, 'auth/forbidden'));
    expect((await as(olga, 'GET', '/admin/invitations')).body.invitations).toEqual([]);
    expect(await invite(olga, { email: 'ann@example.com', role: 'viewer' })).toMatchObject(refused(409, 'admin/exists'));
  });

  test('what was withdrawn, is over, or never was, makes nobody an admin', async () => {
    const { body } = await invite(olga, { email: 'late@example.com', role: 'viewer' });
    expect((await as(olga, 'DELETE', `/admin/invitations/${body.invitation.id}`)).status).toBe(200);
    expect(await join(tokenOf(body.link))).toMatchObject(refused(410, 'admin/invitation-over'));
    const brief = await invite(olga, { email: 'late@example.com', role: 'viewer', expires_at: Date.now() + 300 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await join(tokenOf(brief.body.link))).toMatchObject(refused(410, 'admin/invitation-over'));
    expect(await join('bb_invite_guess')).toMatchObject(refused(410, 'admin/invitation-over'));
    expect(await invite(olga, { email: 'late@example.com', role: 'viewer', expires_at: 1 })).toMatchObject(refused(400, 'http/bad-body'));
    expect(await invite(olga, { email: 'no address', role: 'viewer' })).toMatchObject(refused(400, 'http/bad-body'));
  });

  test('nobody invites to more than they may, nor to places they do not reach', async () => {
    const admin = await inviteAs(platform, olga, { email: 'adam@example.com', role: 'admin', project: 'mine' });
    expect((await invite(admin, { email: 'x@example.com', role: 'viewer' })).body.invitation).toMatchObject({ project: 'mine' });
    expect(await invite(admin, { email: 'x@example.com', role: 'owner' })).toMatchObject(refused(403, 'auth/forbidden'));
    expect(await invite(admin, { email: 'x@example.com', role: 'viewer', project: 'other' })).toMatchObject(refused(403, 'auth/forbidden'));
    expect((await as(admin, 'GET', '/admin/users')).body.users.map(({ email }: { email: string }) => email)).not.toContain(owner.email);
  });

  test('only addresses of certain domains are invited where that is set', async () => {
    await platform.admin('PATCH', '/instance', { invite_domains: ['corp.example'] });
    expect(await invite(olga, { email: 'x@example.com', role: 'viewer' })).toMatchObject(refused(403, 'auth/forbidden'));
    expect((await invite(olga, { email: 'x@corp.example', role: 'viewer' })).status).toBe(201);
    await platform.admin('PATCH', '/instance', { invite_domains: [] });
  });
});

describe('roles', () => {
  test('a role counts from the moment it is given until it is taken away, and adds to others', async () => {
    const dan = await inviteAs(platform, olga, { email: 'dan@example.com', role: 'viewer', project: 'mine' });
    const { admin } = (await as(dan, 'GET', '/admin/auth/me')).body;
    const run = async (project: string) => (await as(dan, 'POST', `/admin/projects/${project}/run`, { path: 'items:count' })).status;
    expect([await run('mine'), await run('other')]).toEqual([403, 403]);
    const given = await as(olga, 'POST', '/admin/roles/assignments', { admin_id: admin.id, role: 'developer', project: 'other' });
    expect([await run('mine'), await run('other')]).toEqual([403, 200]);
    expect(await as(olga, 'POST', '/admin/roles/assignments', { admin_id: admin.id, role: 'developer', project: 'other' })).toMatchObject(
      refused(409, 'admin/exists'),
    );
    await as(olga, 'DELETE', `/admin/roles/assignments/${given.body.assignment.id}`);
    expect([await run('mine'), await run('other')]).toEqual([403, 403]);
    expect(await as(olga, 'POST', '/admin/roles/assignments', { admin_id: 'none', role: 'viewer' })).toMatchObject(
      refused(404, 'admin/not-found'),
    );
  });

  test('the last owner stays, and nobody removes who may do more', async () => {
    const { users } = (await as(olga, 'GET', '/admin/users')).body;
    const others = users.filter(
      ({ email, assignments }: { email: string; assignments: { role: string }[] }) =>
        email !== owner.email && assignments.some(({ role }) => role === 'owner'),
    );
    for (const { id } of others) await as(olga, 'DELETE', `/admin/users/${id}`);
    const self = users.find(({ email }: { email: string }) => email === owner.email);
    expect(await as(olga, 'DELETE', `/admin/users/${self.id}`)).toMatchObject(refused(409, 'admin/last-owner'));
    expect(await as(olga, 'DELETE', `/admin/roles/assignments/${self.assignments[0].id}`)).toMatchObject(refused(409, 'admin/last-owner'));
    const admin = await inviteAs(platform, olga, { email: 'high@example.com', role: 'admin' });
    expect(await as(admin, 'DELETE', `/admin/users/${self.id}`)).toMatchObject(refused(403, 'auth/forbidden'));
    expect(await as(admin, 'PATCH', '/admin/instance', { instance_name: 'Mine' })).toMatchObject(refused(403, 'auth/forbidden'));
  });

  test('of owners who remove each other at once, one stays', async () => {
    const idOf = async (token: string): Promise<string> => (await as(token, 'GET', '/admin/auth/me')).body.admin.id;
    const owners = async (): Promise<number> =>
      (await platform.admin('GET', '/roles/assignments')).body.assignments.filter(
        ({ role, project }: { role: string; project: string | null }) => role === 'owner' && project === null,
      ).length;
    for (let round = 0; round < 3; round++) {
      const twin = await inviteAs(platform, olga, { email: `twin${round}@example.com`, role: 'owner' });
      const assigned = (await platform.admin('GET', '/roles/assignments')).body.assignments;
      const roleOf = (admin: string) => assigned.find(({ admin_id }: { admin_id: string }) => admin_id === admin).id;
      const [first, second] = [await idOf(olga), await idOf(twin)];
      // By the installation's own key: it is not stopped by having been removed itself.
      const both = await Promise.all([first, second].map((id) => platform.admin('DELETE', `/roles/assignments/${roleOf(id)}`)));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await owners()).toBe(1);
      const lost = both[0]?.status === 200 ? first : second;
      await platform.admin('POST', '/roles/assignments', { admin_id: lost, role: 'owner' });
      await platform.admin('DELETE', `/users/${second}`);
    }
    expect(await owners()).toBe(1);
  });

  test('roles in a deleted project are gone with it', async () => {
    await platform.deploy('brief', testApp);
    const gus = await inviteAs(platform, olga, { email: 'gus@example.com', role: 'admin', project: 'brief' });
    expect((await as(gus, 'GET', '/admin/projects')).body.projects).toHaveLength(1);
    await platform.admin('DELETE', '/projects/brief', { confirm: 'brief' });
    await platform.deploy('brief', testApp);
    expect(await as(gus, 'GET', '/admin/projects/brief/functions')).toMatchObject(refused(403, 'auth/forbidden'));
  });
});

test('where addresses are named, the installation is administered from nowhere else', async () => {
  const from = (address: string | null, path = '/admin/projects') =>
    platform.request(path, { headers: { authorization: `Bearer ${olga}`, ...(address === null ? {} : { 'cf-connecting-ip': address }) } });
  expect(await as(olga, 'PATCH', '/admin/instance', { ip_allowlist: ['203.0.113.0/24'] })).toMatchObject(refused(400, 'http/bad-body'));
  expect(await platform.admin('PATCH', '/instance', { ip_allowlist: ['1.2.3.4/99'] })).toMatchObject(refused(400, 'http/bad-body'));
  await platform.admin('PATCH', '/instance', { ip_allowlist: ['203.0.113.0/24'] });
  expect([(await from('203.0.113.9')).status, (await from('198.51.100.1')).status, (await from(null)).status]).toEqual([200, 403, 403]);
  expect((await login(owner.email, owner.password)).status).toBe(403);
  expect((await platform.admin('PATCH', '/instance', { ip_allowlist: [] })).status).toBe(200);
  expect((await from('198.51.100.1')).status).toBe(200);
});

test('at the doors of functions, a session opens what the admin’s role does', async () => {
  const secret = (project: string, token: string, address = '203.0.113.1') =>
    platform.post(
      `/p/${project}/api/query`,
      { path: 'items:secret', args: {} },
      { authorization: `Bearer ${token}`, 'cf-connecting-ip': address },
    );
  const dev = await inviteAs(platform, olga, { email: 'dev@example.com', role: 'developer', project: 'mine' });
  expect((await secret('mine', dev)).body).toMatchObject({ status: 'success', value: 'hidden' });
  expect(await secret('other', dev)).toMatchObject(refused(403, 'auth/forbidden'));
  await platform.admin('PATCH', '/instance', { ip_allowlist: ['198.51.100.0/24'] });
  expect(await secret('mine', dev)).toMatchObject(refused(403, 'auth/forbidden'));
  expect((await secret('mine', dev, '198.51.100.7')).status).toBe(200);
  await platform.admin('PATCH', '/instance', { ip_allowlist: [] });
  await as(dev, 'POST', '/admin/auth/logout');
  expect(await secret('mine', dev)).toMatchObject({ status: 401, body: { errorCode: 'auth/session-ended' } });
});

test('everything that people did is in the audit log, without what opens anything', async () => {
  const { logs } = (await platform.admin('GET', '/audit?limit=200')).body;
  const actions = new Set(logs.map(({ action }: { action: string }) => action));
  for (const action of [
    'admin.create',
    'admin.login',
    'admin.logout',
    'admin.password',
    'admin.invite',
    'admin.uninvite',
    'admin.delete',
    'role.assign',
    'role.revoke',
    'settings.update',
  ])
    expect(actions).toContain(action);
  expect(JSON.stringify(logs)).not.toMatch(/bb_(?:session|invite|setup)_|horse battery/);
});

test('without a loader, a platform is set up in the same way, and by its own token alone', async () => {
  const fresh = await startLocalPlatform({ host: 'static', app: testApp });
  try {
    const token = await setUpOwner(fresh);
    expect((await askAs(fresh, token, 'GET', '/admin/whoami')).status).toBe(200);
    expect((await as(token, 'GET', '/admin/whoami')).status).toBe(401);
  } finally {
    await fresh.stop();
  }
});
