/** `bb rls` on an app's folder, and its policies installed in a Postgres. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPglite } from '@betterbase/testing/stand-ins';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bb } from './bb.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const schema = `import { defineSchema, defineTable, v } from '@betterbase/core';
export default defineSchema({
  members: defineTable({ room: v.string(), person: v.string() }),
  messages: defineTable({ room: v.string(), author: v.string(), text: v.string() }),
});`;
const isMember = 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())';
const policy = `import { definePolicy } from '@betterbase/core';
export default definePolicy('messages', { select: "${isMember}", insert: 'author = auth.uid()' });`;

test('a policy is made for a table, listed, disabled and enabled again', async () => {
  const cwd = await folderWith({ 'betterbase/schema.ts': schema });
  const list = async () => JSON.parse((await bb(['rls', 'list', '--json'], { cwd })).out).tables;

  expect(await bb(['rls', 'create', 'messages'], { cwd })).toMatchObject({
    code: 0,
    out: expect.stringContaining('wrote betterbase/policies/messages.policy.ts'),
  });
  expect(await list()).toEqual([
    { table: 'members', policies: [] },
    {
      table: 'messages',
      policies: [
        {
          file: 'betterbase/policies/messages.policy.ts',
          table: 'messages',
          rules: {
            select: 'auth.uid() = author',
            insert: 'auth.uid() = author',
            update: 'auth.uid() = author',
            delete: 'auth.uid() = author',
          },
        },
      ],
    },
  ]);
  expect((await bb(['rls', 'list'], { cwd })).out).toMatch(
    /members {2}no policy: .*\nmessages {2}betterbase.*\n {2}select {4}auth\.uid\(\) = author/,
  );

  expect(await bb(['rls', 'disable', 'messages'], { cwd })).toMatchObject({
    code: 0,
    out: expect.stringContaining('shows nothing of `messages`'),
  });
  expect((await list()).every(({ policies }: { policies: unknown[] }) => policies.length === 0)).toBe(true);
  expect(await bb(['rls', 'disable', 'messages'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('usage/bad-option') });
  expect(await bb(['rls', 'enable', 'messages'], { cwd })).toMatchObject({ code: 0 });
  expect(await readFile(join(cwd, 'betterbase/policies/messages.policy.ts'), 'utf8')).toContain("definePolicy('messages'");
  expect(await bb(['rls', 'create', 'messages'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('has a policy in') });
  expect(await bb(['rls', 'create', 'mesages'], { cwd })).toMatchObject({ err: expect.stringContaining('table/not-found') });
});

test('policies that are turned off are told of wherever the app is, and not deployed by mistake', async () => {
  const config = (rls: string) => `export default { project: { name: 'rooms' }, rls: ${rls} };`;
  const files = { 'betterbase/schema.ts': schema, 'betterbase/policies/messages.policy.ts': policy };
  const open = await folderWith({ ...files, 'betterbase.config.ts': config('{ enabled: false, auditLog: true }') });
  const guarded = await folderWith({ ...files, 'betterbase.config.ts': config('{}') });
  // Nobody is there.
  const target = ['--url', 'http://127.0.0.1:1', '--project', 'rooms', '--key', 'none'];

  expect((await bb(['rls', 'list'], { cwd: open })).out).toMatch(/^.*row-level security is OFF/);
  expect(JSON.parse((await bb(['rls', 'list', '--json'], { cwd: open })).out)).toMatchObject({ enforced: false, auditLog: true });
  expect((await bb(['rls', 'list'], { cwd: guarded })).out).not.toContain('OFF');
  expect(await bb(['deploy', ...target], { cwd: open })).toMatchObject({ err: expect.stringContaining('policy/not-enforced') });
  expect((await bb(['deploy', '--allow-open-rls', ...target], { cwd: open })).err).not.toContain('policy/not-enforced');
  expect((await bb(['deploy', ...target], { cwd: guarded })).err).not.toContain('policy/not-enforced');
});

test('installed in Postgres, policies hold for whoever connects there; installing again leaves none of the old', async () => {
  const server = await startPglite();
  onTestFinished(() => server.stop());
  const { port, user, password, database } = server;
  const address = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`
    CREATE ROLE visitor;
    CREATE TABLE members (_id text, room text, person text, _extra json);
    CREATE TABLE messages (_id text, room text, author text, text text, _extra json);
    INSERT INTO members VALUES ('m', 'one', 'ada');
    INSERT INTO messages VALUES ('a', 'one', 'ada', 'hi'), ('b', 'two', 'bob', 'no')`);
  const cwd = await folderWith({ 'betterbase/schema.ts': schema, 'betterbase/policies/messages.policy.ts': policy });
  const env = { DATABASE_URL: address };
  const as = async (sub: string, statement: string): Promise<unknown[]> => {
    await client.query('BEGIN');
    try {
      await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify({ sub })]);
      await client.query('SET LOCAL ROLE visitor');
      return (await client.query(statement)).rows;
    } finally {
      await client.query('ROLLBACK');
    }
  };

  expect((await bb(['rls', 'install', '--dry-run'], { cwd })).out).toContain('CREATE POLICY "messages_select_policy" ON public."messages"');
  expect(await bb(['rls', 'install', '--role', 'visitor'], { cwd, env })).toMatchObject({
    code: 0,
    out: expect.stringContaining('Installed 2 policies'),
  });
  expect(await as('ada', 'SELECT text FROM messages')).toEqual([{ text: 'hi' }]);
  expect(await as('eve', 'SELECT text FROM messages')).toEqual([]);
  expect(await as('ada', 'SELECT person FROM members')).toEqual([]);
  await as('ada', "INSERT INTO messages (room, author, text) VALUES ('one', 'ada', 'x')");
  await expect(as('ada', "INSERT INTO messages (room, author, text) VALUES ('one', 'bob', 'x')")).rejects.toMatchObject({ code: '42501' });
  expect((await client.query('SELECT text FROM messages')).rows).toHaveLength(2);

  await bb(['rls', 'install'], { cwd, env });
  expect((await client.query('SELECT count(*)::int AS n FROM pg_policies')).rows).toEqual([{ n: 2 }]);
  await client.query('CREATE ROLE ada');
  expect((await bb(['rls', 'install', '--role', 'ada', '--claims', '{"sub":"ada"}'], { cwd, env })).out).toContain(
    'Whoever logs in as `ada` has the claims {"sub":"ada"}, whatever the session says.',
  );
  expect((await client.query('SELECT role::text, claims FROM betterbase.roles ORDER BY 1')).rows).toEqual([
    { role: 'ada', claims: { sub: 'ada' } },
    { role: 'visitor', claims: null },
  ]);
  for (const args of [
    ['--claims', '{"sub":"ada"}'],
    ['--role', 'ada', 'visitor', '--claims', '{}'],
    ['--role', 'ada', '--claims', 'ada'],
  ])
    expect([args, await bb(['rls', 'sql', ...args], { cwd })]).toEqual([
      args,
      expect.objectContaining({ code: 2, err: expect.stringContaining('--claims') }),
    ]);
  expect(await bb(['rls', 'install', '--remove'], { cwd, env })).toMatchObject({ code: 0 });
  expect((await client.query('SELECT count(*)::int AS n FROM pg_policies')).rows).toEqual([{ n: 0 }]);
  expect(await as('ada', 'SELECT text FROM messages')).toEqual([]);
  const refused = await bb(['rls', 'install'], { cwd, env: { DATABASE_URL: 'postgres://nobody:of-no-use@127.0.0.1:1/none' } });
  expect(refused).toMatchObject({ code: expect.not.stringContaining('0'), err: expect.stringContaining('provider/refused') });
  expect(refused.err + refused.out).not.toContain('of-no-use');
});
