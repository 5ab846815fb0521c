import { expect, test } from 'vitest';
import { createCipher } from '@betterbase/providers/cipher';
import type { SqlDisk } from '../sql-disk.ts';
import { nodeDisk } from '../test/node-disk.ts';
import { ProjectUsers } from './project-users.ts';
import { openUserTables } from './user-tables.ts';

let secrets = 0;
function usersOn(disk: SqlDisk, secret: string | null = 'a secret of the installation'): ProjectUsers {
  const cipher = secret === null ? null : createCipher(secret, 'users of shop');
  const environment = { revision: 0, values: {}, open: async () => {} };
  return new ProjectUsers({
    project: 'shop',
    environment,
    disk,
    cipher,
    newSecret: () => `secret ${(secrets += 1)}`,
    now: Date.now,
    ended: () => {},
    moveUser: async () => false,
    mirror: { schema: () => null, apply: async () => {}, guard: async () => {} },
  });
}

test('a project’s secret is made once, and sealed on disk', async () => {
  const disk = nodeDisk();
  const made = await usersOn(disk).context();
  expect(made).toMatchObject({ ok: true, context: { project: 'shop' } });
  expect(await usersOn(disk).context()).toEqual(made);
  expect(JSON.stringify(disk.rows('SELECT * FROM auth_sealed'))).not.toContain('secret ');
});

test('asked for by two at once, both get the same', async () => {
  const users = usersOn(nodeDisk());
  const [one, other] = await Promise.all([users.context(), users.context()]);
  expect(one).toEqual(other);
});

test('without a key of the installation, or with another, nobody signs in', async () => {
  const disk = nodeDisk();
  expect(await usersOn(disk, null).context()).toMatchObject({ ok: false, error: { code: 'environment/no-key' } });
  await usersOn(disk).context();
  expect(await usersOn(disk, 'another').context()).toMatchObject({ ok: false, error: { code: 'environment/unreadable' } });
});

test('who gets an account has it together with what comes first with it, or not at all', () => {
  const users = usersOn(nodeDisk());
  const at = '2030-01-01T00:00:00.000Z';
  const [createdAt, updatedAt, expiresAt] = [at, at, at];
  const begun = { id: 'a', name: 'Anonymous', email: 'a@shop.anonymous.invalid', isAnonymous: 1, createdAt, updatedAt };
  const session = { id: '1', userId: 'a', token: 'known', expiresAt, createdAt, updatedAt };
  users.rows({ do: 'insert', table: 'user', row: begun });
  users.rows({ do: 'insert', table: 'session', row: session });
  const email = (): unknown => users.rows({ do: 'find', table: 'user', where: [], limit: 1, offset: 0, sort: null }).rows[0]?.['email'];
  const upgrade = (row: typeof session) =>
    users.upgrade({ user: 'a', set: { email: 'ada@example.com' }, first: { do: 'insert', table: 'session', row } });

  expect(upgrade({ ...session, id: '2' }).ok).toBe(false);
  expect(upgrade({ ...session, id: '2', token: 'new', userId: 'b' }).ok).toBe(false);
  expect(email()).toBe(begun.email);
  expect(upgrade({ ...session, id: '2', token: 'new' })).toMatchObject({ ok: true, answer: { rows: [{ id: '2', userId: 'a' }] } });
  expect(email()).toBe('ada@example.com');
  expect(upgrade({ ...session, id: '3', token: 'newer' })).toMatchObject({ ok: false, error: { code: 'auth/upgraded' } });
});

test('tables of an earlier release get the columns that have come since, and those that were not there are made', () => {
  const disk = nodeDisk();
  openUserTables(disk);
  disk.rows('ALTER TABLE auth_session DROP COLUMN userAgent');
  disk.rows('DROP TABLE auth_passkey');
  openUserTables(disk);
  for (const table of ['session', 'passkey'])
    expect(usersOn(disk).rows({ do: 'find', table, where: [], limit: 1, offset: 0, sort: null })).toEqual({ rows: [], count: 0 });
});
