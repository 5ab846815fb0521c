/** People who sign in with the real client, on real sockets. */
import { type AuthClient, createClient, type SessionStorage } from '@betterbase/client/auth';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

let platform: LocalPlatform;

beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' } });
  for (const project of ['app', 'other']) await platform.deploy(project, identityApp([]));
});
afterAll(() => platform.stop());

function memory(): SessionStorage {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

function connect(storage: SessionStorage | null = null, project = 'app'): AuthClient {
  const client = createClient({ url: `${platform.url}/p/${project}`, storage });
  onTestFinished(() => client.close());
  return client;
}

function watchMe(client: AuthClient): unknown[] {
  const shown: unknown[] = [];
  client.watch('users:me', {}, (me) => shown.push(me));
  return shown;
}

test('signing up, out and in changes what is seen, on one connection', async () => {
  const client = connect();
  const events: unknown[] = [];
  client.auth.onAuthStateChange((event, session) => events.push([event, session?.user?.email]));
  const me = watchMe(client);
  await vi.waitFor(() => expect(me).toEqual([null]));

  const { data, error } = await client.auth.signUp('ada@example.com', 'correct horse battery', 'Ada');
  expect(error).toBeNull();
  const ada = data?.user.id;
  await vi.waitFor(() => expect(me).toEqual([null, ada]));
  expect(await client.mutation('users:write', { text: 'hi' })).toBe(ada);
  expect(await client.query('users:me')).toBe(ada);

  await client.auth.signOut();
  await vi.waitFor(() => expect(me).toEqual([null, ada, null]));
  expect((await client.auth.signIn('ada@example.com', 'something else')).error).toMatchObject({ code: 'auth/bad-credentials' });
  expect(await client.auth.signIn({ email: 'ada@example.com', password: 'correct horse battery' })).toMatchObject({
    data: { user: { name: 'Ada' }, session: { token: expect.any(String) } },
    error: null,
  });
  await vi.waitFor(() => expect(me).toEqual([null, ada, null, ada]));
  expect(client.connectionState()).toMatchObject({ phase: 'connected', connections: 1 });
  const inside = 'ada@example.com';
  expect(events).toEqual([
    ['INITIAL_SESSION', undefined],
    ['SIGNED_IN', inside],
    ['SIGNED_OUT', undefined],
    ['SIGNED_IN', inside],
  ]);
});

test('a session is found again on the next visit, before anything is said as nobody', async () => {
  const storage = memory();
  const first = connect(storage);
  const bob = (await first.auth.signUp('bob@example.com', 'correct horse battery')).data?.user.id;
  first.close();

  const second = connect(storage);
  const me = watchMe(second);
  expect(await second.query('users:me')).toBe(bob);
  await vi.waitFor(() => expect(me).toEqual([bob]));

  const later = connect({
    ...storage,
    getItem: async (key) => (await new Promise((resolve) => setTimeout(resolve, 50)), storage.getItem(key)),
  });
  const again = watchMe(later);
  await vi.waitFor(() => expect(again).toEqual([bob]));
  expect((await connect(storage, 'other').auth.getSession()).data).toEqual({ session: null });
});

test('a session that was ended elsewhere is over here within a second', async () => {
  const [here, there] = [connect(), connect()];
  await here.auth.signUp('cleo@example.com', 'correct horse battery');
  const me = watchMe(here);
  await vi.waitFor(() => expect(me).toEqual([expect.any(String)]));
  await there.auth.setToken(here.auth.session?.token ?? '');
  await there.auth.signOut();
  await vi.waitFor(() => expect([here.auth.session, me.at(-1)]).toEqual([null, null]), { timeout: 1_000 });
});

test('another project knows neither the account nor the token', async () => {
  const [client, other] = [connect(), connect(null, 'other')];
  await client.auth.signUp('dora@example.com', 'correct horse battery');
  expect((await other.auth.signIn('dora@example.com', 'correct horse battery')).error).toMatchObject({ code: 'auth/bad-credentials' });
  await other.auth.setToken(client.auth.session?.token ?? '');
  expect([other.auth.session, await other.auth.getToken()]).toEqual([null, null]);
  const token = (await client.auth.getToken()) ?? '';
  const answer = await platform.post('/p/other/api/query', { path: 'users:me', args: {} }, { authorization: `Bearer ${token}` });
  expect(answer.body.errorCode).toBe('auth/unknown-issuer');
});

test('who administers the project sees its users, sends one away within a second, and lets them back in', async () => {
  const client = connect();
  const id = (await client.auth.signUp('eve@example.com', 'correct horse battery', 'Eve')).data?.user.id ?? '';
  const token = (await client.auth.getToken()) ?? '';
  const me = watchMe(client);
  await vi.waitFor(() => expect(me).toEqual([id]));
  const users = '/projects/app/auth/users';
  expect((await platform.admin('GET', `${users}?email=eve@example.com`)).body.users).toMatchObject([{ id, name: 'Eve', banned: false }]);

  const banned = await platform.admin('PATCH', `${users}/${id}`, { banned: true, ban_reason: 'spam' });
  expect(banned.body.user).toMatchObject({ id, banned: true, banReason: 'spam' });
  await vi.waitFor(() => expect([client.auth.session, me.at(-1)]).toEqual([null, null]), { timeout: 1_000 });
  const http = await platform.post('/p/app/api/query', { path: 'users:me', args: {} }, { authorization: `Bearer ${token}` });
  expect(http).toMatchObject({ status: 401, body: { errorCode: 'auth/session-ended' } });
  expect((await client.auth.signIn('eve@example.com', 'correct horse battery')).error?.details).toMatchObject({ code: 'BANNED_USER' });

  await platform.admin('PATCH', `${users}/${id}`, { banned: false, role: 'editor' });
  expect((await client.auth.signIn('eve@example.com', 'correct horse battery')).error).toBeNull();
  expect(await client.query('users:identity')).toMatchObject({ subject: id, role: 'editor' });
  expect((await platform.admin('DELETE', `${users}/${id}`)).body).toEqual({ success: true });
  expect((await platform.admin('DELETE', `${users}/${id}`)).body.code).toBe('auth/no-user');
  const { logs } = (await platform.admin('GET', '/audit?limit=10')).body;
  expect(logs.map(({ action, outcome }: { action: string; outcome: string }) => `${action} ${outcome}`)).toEqual(
    expect.arrayContaining(['user.update done', 'user.delete done', 'user.delete auth/no-user']),
  );
});

test('nobody signs up to a project that is not there, or is suspended, and asking makes nothing', async () => {
  const fields = { name: 'Ida', email: 'ida@example.com', password: 'correct horse battery' };
  expect((await platform.post('/p/nowhere/auth/sign-up/email', fields)).body.code).toBe('project/not-found');
  expect((await platform.admin('POST', '/projects', { slug: 'nowhere', name: 'Nowhere' })).status).toBe(201);
  await platform.admin('POST', '/projects/other/suspend');
  expect((await platform.post('/p/other/auth/sign-up/email', fields)).body.code).toBe('project/suspended');
  await platform.admin('POST', '/projects/other/resume');
  expect((await platform.post('/p/other/auth/sign-up/email', fields)).status).toBe(200);
});

test('how people may sign in is changed at once, and secrets are not told', async () => {
  const settings = '/projects/app/auth/settings';
  const changed = await platform.admin('PATCH', settings, { password_min_length: 30, twilio_auth_token: 'top secret' });
  expect(changed.body.settings).toMatchObject({ password_min_length: 30, twilio_auth_token: true, email_password_enabled: true });
  expect((await connect().auth.signUp('fay@example.com', 'correct horse battery')).error?.details).toMatchObject({
    code: 'PASSWORD_TOO_SHORT',
  });
  await platform.admin('PATCH', settings, { password_min_length: 8, twilio_auth_token: '' });
  expect((await platform.admin('PATCH', settings, { password_minimum: 8 })).status).toBe(400);
  expect((await platform.admin('PATCH', settings, { allowed_origins: ['https://*.example.com'] })).status).toBe(400);
});

test('the app’s own table of users follows what becomes of them, live, and functions only read it', async () => {
  const app = (schema: string): string => `
import { defineSchema, defineTable, mutation, query, usersTable, v } from './runtime.js';
const people = {
  names: query({ args: {}, handler: async ({ db }) => (await db.query('users').collect()).map(({ name, role }) => role === null ? name : name + ' ' + role) }),
  notes: query({ args: {}, handler: async ({ db }) => Promise.all((await db.query('notes').collect()).map(async ({ owner, text }) => {
    const user = await db.query('users').withIndex('by_auth_user', (q) => q.eq('id', owner)).unique();
    return text + ' by ' + (user?.name ?? 'nobody');
  })) }),
  write: mutation({ args: { text: v.string() }, handler: async ({ db, auth }, { text }) => { await db.insert('notes', { owner: auth.userId, text }); return null; } }),
  forge: mutation({ args: {}, handler: async ({ db }) => { const [one] = await db.query('users').collect(); await db.patch(one._id, { role: 'admin' }); return null; } }),
  add: mutation({ args: {}, handler: async ({ db }) => { await db.insert('users', { id: 'x', name: 'x', email: 'x', image: null, role: null, metadata: null }); return null; } }),
};
export const modules = { people };
export const schema = defineSchema({ ${schema} notes: defineTable({ owner: v.string(), text: v.string() }) });
`;
  await platform.deploy('people', app(''));
  const early = connect(null, 'people');
  await early.auth.signUp('gil@example.com', 'correct horse battery', 'Gil');
  await platform.deploy('people', app('users: usersTable,'));
  const client = connect(null, 'people');
  const names: unknown[] = [];
  client.watch('people:names', {}, (now) => names.push(now));
  await vi.waitFor(() => expect(names.at(-1)).toEqual(['Gil']));

  const id = (await client.auth.signUp('hal@example.com', 'correct horse battery', 'Hal')).data?.user.id ?? '';
  await vi.waitFor(() => expect(names.at(-1)).toEqual(['Gil', 'Hal']));
  await client.mutation('people:write', { text: 'Hello' });
  const notes: unknown[] = [];
  client.watch('people:notes', {}, (now) => notes.push(now));
  await vi.waitFor(() => expect(notes.at(-1)).toEqual(['Hello by Hal']));
  await client.auth.call('update-user', { name: 'Hal 9000' });
  await vi.waitFor(() => expect(notes.at(-1)).toEqual(['Hello by Hal 9000']));
  await platform.admin('PATCH', `/projects/people/auth/users/${id}`, { role: 'editor' });
  await vi.waitFor(() => expect(names.at(-1)).toEqual(['Gil', 'Hal 9000 editor']));
  for (const path of ['people:forge', 'people:add'])
    await expect(client.mutation(path, {})).rejects.toMatchObject({ code: 'table/read-only' });
  await platform.admin('DELETE', `/projects/people/auth/users/${id}`);
  await vi.waitFor(() => expect([names.at(-1), notes.at(-1)]).toEqual([['Gil'], ['Hello by nobody']]));
});
