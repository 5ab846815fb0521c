/** Row-level security with the real client on real sockets, and tokens of a real issuer on this machine. */
import type { AnyValue } from '@betterbase/core';
import { type AuthClient, createClient } from '@betterbase/client/auth';
import { createTestIssuer, type TestIssuer } from '@betterbase/testing/issuer';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { adminKey, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { policiesApp } from './test/policies-app.ts';

const isMember = 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())';
const rules = { select: isMember, insert: `author = auth.uid() and ${isMember}`, update: 'author = auth.uid()' };
let issuer: TestIssuer;
let platform: LocalPlatform;

beforeAll(async () => {
  issuer = await createTestIssuer();
  platform = await startLocalPlatform({ host: 'loader', vars: { BB_DEV: '1' } });
});
afterAll(async () => {
  await platform.stop();
  await issuer.stop();
});

async function connectAs(user: string | null): Promise<AuthClient> {
  const client = createClient({ url: `${platform.url}/p/app` });
  onTestFinished(() => client.close());
  if (user !== null) await signIn(client, user);
  return client;
}

function signIn(client: AuthClient, user: string): Promise<boolean> {
  return new Promise((resolve) => client.setAuth(() => issuer.token({ sub: user }), resolve));
}

function watch(client: AuthClient): unknown[] {
  const shown: unknown[] = [];
  client.watch(
    'rooms:list',
    {},
    (value) => shown.push(value),
    (error) => shown.push(error),
  );
  return shown;
}

test('what a user watches changes with the rows, with the rows that policies look at, and with the user', async () => {
  await platform.deploy('app', policiesApp(issuer.provider, rules));
  const [ada, bob] = [await connectAs('ada'), await connectAs('bob')];
  const [adas, bobs] = [watch(ada), watch(bob)];
  await vi.waitFor(() => expect([adas, bobs]).toEqual([[[]], [[]]]));

  await ada.mutation('rooms:join', { room: 'one', person: 'ada' });
  const id: AnyValue = await ada.mutation('rooms:say', { room: 'one', text: 'hi' });
  await vi.waitFor(() => expect(adas.at(-1)).toEqual(['hi']));
  expect(bobs).toEqual([[]]);

  await ada.mutation('rooms:join', { room: 'one', person: 'bob' });
  await vi.waitFor(() => expect(bobs.at(-1)).toEqual(['hi']));
  await expect(bob.mutation('rooms:edit', { id, text: 'mine' })).rejects.toMatchObject({ code: 'policy/denied' });
  await ada.mutation('rooms:edit', { id, text: 'hello' });
  await vi.waitFor(() => expect(bobs.at(-1)).toEqual(['hello']));

  await ada.mutation('rooms:leave', { person: 'bob' });
  await vi.waitFor(() => expect(bobs.at(-1)).toEqual([]));
  await expect(bob.mutation('rooms:edit', { id, text: 'mine' })).rejects.toMatchObject({ code: 'document/not-found' });
  await expect(bob.mutation('rooms:say', { room: 'one', text: 'me' })).rejects.toMatchObject({ code: 'policy/denied' });

  await signIn(bob, 'ada');
  await vi.waitFor(() => expect(bobs.at(-1)).toEqual(['hello']));
  bob.clearAuth();
  await vi.waitFor(() => expect(bobs.at(-1)).toEqual([]));
});

test('a deployment brings other policies to those who watch, and one whose policies are no good changes nothing', async () => {
  await platform.deploy('app', policiesApp(issuer.provider, { select: true, insert: true }));
  const nobody = await connectAs(null);
  const shown = watch(nobody);
  await nobody.mutation('rooms:say', { room: 'two', text: 'public' });
  await vi.waitFor(() => expect(shown.at(-1)).toContain('public'));

  const refused = await platform.admin('POST', '/projects/app/deployments', { app: policiesApp(issuer.provider, { select: 'autor = 1' }) });
  expect(refused).toMatchObject({ status: 400, body: { code: 'policy/invalid' } });
  expect(refused.body.error).toContain('line 1, column 1: `messages` has no column `autor`.\n\n  autor = 1\n  ^^^^^');
  expect(await nobody.query('rooms:list')).toContain('public');

  await platform.deploy('app', policiesApp(issuer.provider, rules));
  await vi.waitFor(() => expect(shown.at(-1)).toEqual([]));
});

test('whoever administers the project asks what somebody sees, by SQL and by rows', async () => {
  await platform.deploy('asked', policiesApp(issuer.provider, rules));
  const call = (path: string, args: object) => platform.post('/p/asked/api/mutation', { path, args });
  await call('rooms:join', { room: 'one', person: 'ada' });
  await platform.admin('POST', '/projects/asked/run', { path: 'rooms:join', args: { room: 'two', person: 'bob' } });
  const sql = async (claims?: unknown) =>
    (
      await platform.admin('POST', '/projects/asked/iac/query', {
        sql: 'SELECT count(*) AS n FROM members',
        ...(claims === undefined ? {} : { claims }),
      })
    ).body.rows;

  expect([await sql(), await sql({ sub: 'ada' }), await sql(null)]).toEqual([[{ n: 2 }], [{ n: 0 }], [{ n: 0 }]]);
  expect((await platform.admin('GET', '/projects/asked/policies')).body.tables).toMatchObject([
    { table: 'members', policies: [] },
    { table: 'messages', policies: [{ rules: { select: isMember } }] },
  ]);
  const asked = await platform.admin('POST', '/projects/asked/policies/test', {
    table: 'messages',
    claims: { sub: 'ada' },
    insert: { room: 'one', author: 'ada' },
  });
  expect(asked.body).toMatchObject({ rows: [], insert: { allowed: true, reasons: [{ rule: 'insert', holds: true }] } });
});

test('what a deployment sets of row-level security holds: refusals are in the logs, and policies that are off are not asked', async () => {
  const ask = async () => (await platform.post('/p/set/api/query', { path: 'rooms:list', args: {} })).body.value;
  const say = () => platform.post('/p/set/api/mutation', { path: 'rooms:say', args: { room: 'one', text: 'not to be logged' } });
  await platform.deploy('set', policiesApp(issuer.provider, rules, { auditLog: true }));
  expect(await say()).toMatchObject({ status: 403 });
  expect((await platform.admin('GET', '/projects/set/policies')).body).toMatchObject({ enforced: true, auditLog: true });

  await vi.waitFor(async () => {
    const logs = await (
      await platform.request('/admin/projects/set/logs?after=0', { headers: { authorization: `Bearer ${adminKey}` } })
    ).text();
    expect(logs).toContain('Row-level security refused insert of `messages` to nobody signed in (policies/messages.policy.ts: insert)');
    expect(logs).not.toContain('not to be logged');
  });

  await platform.deploy('set', policiesApp(issuer.provider, rules, { enabled: false }));
  expect(await say()).toMatchObject({ body: { status: 'success' } });
  expect(await ask()).toEqual(['not to be logged']);
  expect((await platform.admin('GET', '/projects/set/policies')).body).toMatchObject({ enforced: false, auditLog: false });
});
