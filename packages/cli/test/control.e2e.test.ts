/** `bb keys`, `bb projects`, `bb admins`, `bb settings` and `bb audit` against a `bb dev` with its own process. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'betterbase-control-'));
  server = await DevServer.start(folder);
}, 120_000);
afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true });
});

const asKey = (key: string, ...args: string[]) => server.bb(...args, '--url', server.url, '--key', key);

test('a key is made, used, listed and revoked', async () => {
  const { out } = await server.bb('keys', 'create', 'ci', '--role', 'viewer', '--project', 'my-app', '--expires', '30d', '--json');
  const { key, api_key } = JSON.parse(out);
  expect(api_key).toMatchObject({ name: 'ci', role: 'viewer', project: 'my-app', expires_at: expect.any(Number) });

  expect(await asKey(key, 'env', 'list')).toMatchObject({ code: 0 });
  expect(await asKey(key, 'env', 'set', 'A=1')).toMatchObject({ code: 1, err: expect.stringContaining('auth/forbidden') });
  expect((await server.bb('keys', 'list')).out).toContain(`${api_key.prefix}…  ci  viewer  my-app`);

  expect(await server.bb('keys', 'revoke', api_key.prefix)).toMatchObject({ code: 0, out: expect.stringContaining('revoked') });
  expect(await asKey(key, 'env', 'list')).toMatchObject({ code: 1, err: expect.stringContaining('auth/bad-key') });
  expect((await server.bb('keys', 'list')).out).toContain('There are no keys.');
  expect((await server.bb('keys', 'revoke', 'nonsense')).err).toContain('key/not-found');
  expect((await server.bb('keys', 'create', 'x', '--expires', 'soon')).code).toBe(2);
});

test('a key ends with what it has made, unless that is to go on', async () => {
  const make = async (name: string, ...flags: string[]) =>
    JSON.parse((await server.bb('keys', 'create', name, '--role', 'admin', '--json', ...flags)).out);
  const maker = await make('maker');
  const made = await make('made', '--url', server.url, '--key', maker.key);
  const kept = (await server.bb('keys', 'revoke', maker.api_key.id, '--keep-made')).out;
  expect(kept).toContain(`kept ${made.api_key.prefix}… (made)`);
  expect(await asKey(made.key, 'whoami')).toMatchObject({ code: 0 });
  const ended = (await server.bb('keys', 'revoke', maker.api_key.id)).out;
  expect(ended).toContain(`revoked ${made.api_key.prefix}… (made)`);
  expect(await asKey(made.key, 'whoami')).toMatchObject({ code: 1, err: expect.stringContaining('auth/bad-key') });
});

test('a project’s keys are rotated', async () => {
  const { out } = await server.bb('keys', 'rotate', 'secret');
  const key = /bb_secret_[0-9a-f]{64}/.exec(out)?.[0] ?? '';
  expect((await server.call('query', 'queries/todos:list', {}, { authorization: `Bearer ${key}` })).status).toBe('success');
  expect((await server.bb('keys', 'list', '--json')).out).toContain('"kind":"secret"');
});

test('what was done is in the audit log', async () => {
  await server.bb('env', 'set', 'SECRET=never-told');
  const { out } = await server.bb('audit', '--action', 'environment.update', '--project', 'my-app');
  expect(out).toContain('root  environment.update  my-app  {"set":["SECRET"],"unset":[]}');
  expect(out).not.toContain('never-told');
  const { logs, total } = JSON.parse((await server.bb('audit', '--limit', '2', '--json')).out);
  expect([logs.length, total > 2]).toEqual([2, true]);
  expect((await server.bb('audit', '--from', 'soon')).err).toContain('http/bad-body');
});

test('what somebody may do with the rows of a table is told with the reason', async () => {
  await server.call('mutation', 'mutations/todos:add', { text: 'Water the plants' });
  await mkdir(join(server.app, 'betterbase/policies'), { recursive: true });
  await server.save(
    'betterbase/policies/todos.policy.ts',
    `import { definePolicy } from '@betterbase/core';
export default definePolicy('todos', { select: true, update: "auth.role() = 'gardener'", insert: "text = auth.jwt() ->> 'favourite'" });`,
  );

  const ada = await server.bb('rls', 'test', 'todos', '--as', 'ada', '--insert', '{"text":"x"}');
  expect(ada.out).toMatch(/^todos as ada: sees 1 of 1 rows$/m);
  expect(ada.out).toMatch(/^ {2}✔ select {2}✘ update {2}✘ delete {2}.*Water the plants/m);
  expect(ada.out).toContain("update: betterbase/policies/todos.policy.ts, update: auth.role() = 'gardener' does not hold");
  expect(ada.out).toContain('delete: no policy names it');
  expect(ada.out).toMatch(/✘ insert\n.*insert: text = auth\.jwt\(\) ->> 'favourite' is not known/);
  const gardener = await server.bb('rls', 'test', 'todos', '--claims', '{"sub":"eve","role":"gardener"}', '--json');
  expect(JSON.parse(gardener.out).rows).toMatchObject([
    { select: { allowed: true }, update: { allowed: true, reasons: [{ holds: true }] } },
  ]);
  expect((await server.bb('rls', 'test', 'todos')).out).toContain('as nobody signed in');
  expect((await server.bb('rls', 'test', 'none')).err).toContain('table/not-found');
  expect((await server.bb('rls', 'list', '--deployed')).out).toContain("update    auth.role() = 'gardener'");
});

test('a project is made, suspended, resumed, renamed and deleted', async () => {
  const made = await server.bb('projects', 'create', 'side', '--name', 'Side');
  expect(made.out).toMatch(/side {2}Side {2}not deployed[\s\S]*bb_pub_\w{64}[\s\S]*bb_secret_\w{64}[\s\S]*bb_admin_\w{64}/);
  expect((await server.bb('projects', 'suspend', 'side')).out).toContain('suspended');
  expect((await server.bb('projects', 'resume', 'side')).out).not.toContain('suspended');
  expect((await server.bb('projects', 'rename', 'side', 'Other')).out).toContain('side  Other');
  expect((await server.bb('projects', 'list')).out).toMatch(/^my-app {2}deployed [\s\S]*^side/m);
  expect((await server.bb('projects', 'delete', 'side')).err).toContain('project/not-confirmed');
  expect((await server.bb('projects', 'delete', 'side', '--confirm', 'slide')).err).toContain('project/not-confirmed');
  expect(await server.bb('projects', 'delete', 'side', '--confirm', 'side')).toMatchObject({
    code: 0,
    out: expect.stringContaining('deleted'),
  });
  expect((await server.bb('projects', 'list', '--json')).out).not.toContain('side');
  expect((await server.call('query', 'queries/todos:list')).status).toBe('success');
});

test('people are invited, given roles, and taken away; settings are changed', async () => {
  const invited = await server.bb('admins', 'invite', 'ann@example.com', '--role', 'viewer', '--json');
  const token = /bb_invite_[0-9a-f]{64}/.exec(invited.out)?.[0];
  const { origin } = new URL(server.url);
  const joined = await fetch(`${origin}/admin/auth/join`, {
    method: 'POST',
    body: JSON.stringify({ token, password: 'a good long password' }),
  });
  const { token: session } = await joined.json();
  expect((await asKey(session, 'whoami')).out).toBe(`ann@example.com (admin) at ${origin}\n  viewer  everywhere\n`);
  expect((await asKey(session, 'sessions', 'list')).out).toContain('(this one)');

  expect((await server.bb('admins', 'grant', 'ann@example.com', '--role', 'developer', '--project', 'my-app')).code).toBe(0);
  expect((await asKey(session, 'env', 'set', 'BY=ann')).code).toBe(0);
  expect((await server.bb('admins', 'revoke', 'ann@example.com', '--role', 'developer', '--project', 'my-app')).code).toBe(0);
  expect((await asKey(session, 'env', 'set', 'BY=ann')).err).toContain('auth/forbidden');
  expect((await server.bb('admins', 'list')).out).toBe('ann@example.com  viewer everywhere\n');
  expect((await server.bb('admins', 'remove', 'ann@example.com')).code).toBe(0);
  expect((await asKey(session, 'whoami')).err).toContain('auth/session-ended');
  expect((await server.bb('admins', 'remove', 'ann@example.com')).err).toContain('admin/not-found');

  expect((await server.bb('settings', 'set', 'log_retention_days=90', 'cors_origins=')).out).toBe('log_retention_days=90\ncors_origins=\n');
  expect((await server.bb('settings', 'list')).out).toContain('log_retention_days=90');
  expect((await server.bb('settings', 'set', 'nonsense=1')).code).toBe(2);
  expect((await server.bb('settings', 'set', 'session_days=0')).err).toContain('http/bad-body');
});
