import { defineSchema, schemaManifest, usersTable } from '@betterbase/core';
import type { Row, RowOperation } from '@betterbase/providers/rows';
import { expect, test } from 'vitest';
import type { SqlDisk } from '../sql-disk.ts';
import { nodeDisk } from '../test/node-disk.ts';
import { ProjectUsers } from './project-users.ts';

const withUsers = schemaManifest(defineSchema({ users: usersTable }));
const without = schemaManifest(defineSchema({}));
const moment = '2026-01-01T00:00:00.000Z';

function start(disk: SqlDisk = nodeDisk()) {
  const bench = { schema: withUsers, isDown: false, guards: 0, table: new Map<string, unknown>() };
  const users = new ProjectUsers({
    project: 'shop',
    disk,
    cipher: null,
    environment: { revision: 0, values: {}, open: async () => {} },
    newSecret: () => '',
    now: () => 1_000,
    ended: () => {},
    moveUser: async () => false,
    mirror: {
      schema: () => bench.schema,
      guard: async () => void (bench.guards += 1),
      apply: async (args) => {
        if (bench.isDown) throw new Error('The engine is not there.');
        const { users: told, gone } = JSON.parse(args) as { users: { id: string; name: string }[]; gone: string[] };
        for (const { id, name } of told) bench.table.set(id, name);
        for (const id of gone) bench.table.delete(id);
      },
    },
  });
  return { bench, users };
}

const add = (id: string, more: Row = {}): RowOperation => ({
  do: 'insert',
  table: 'user',
  row: { id, name: id, email: id, emailVerified: 0, createdAt: moment, updatedAt: moment, ...more },
});
const meant = (id: string) => [{ field: 'id', operator: 'eq' as const, value: id, connector: 'AND' as const, mode: 'sensitive' as const }];

test('the table follows what becomes of users', async () => {
  const { bench, users } = start();
  for (const id of ['ada', 'bob']) users.rows(add(id));
  await users.mirror.tell();
  users.rows({ do: 'update', table: 'user', where: meant('ada'), reach: 'one', set: { name: 'Ada' }, add: {} });
  users.rows({ do: 'delete', table: 'user', where: meant('bob'), reach: 'one' });
  await users.mirror.tell();
  await users.mirror.tell();
  expect([...bench.table]).toEqual([['ada', 'Ada']]);
  expect(await users.mirror.ring()).toBeNull();
});

test('the table follows who gets an account, at once or when its address is confirmed', async () => {
  const { bench, users } = start();
  for (const id of ['ada', 'bob']) users.rows(add(id, { isAnonymous: 1 }));
  await users.mirror.tell();
  expect(users.upgrade({ user: 'ada', set: { name: 'Ada', email: 'ada@example.com' }, first: null }).ok).toBe(true);
  users.rows(add('waiting', { name: 'Bob', email: 'bob@example.com', upgrades: 'bob' }));
  await users.mirror.tell();
  expect([...bench.table].toSorted()).toEqual([
    ['ada', 'Ada'],
    ['bob', 'bob'],
    ['waiting', 'Bob'],
  ]);
  users.rows({ do: 'update', table: 'user', where: meant('waiting'), reach: 'one', set: { emailVerified: 1 }, add: {} });
  await users.mirror.tell();
  await users.mirror.tell();
  expect([...bench.table].toSorted()).toEqual([
    ['ada', 'Ada'],
    ['bob', 'Bob'],
  ]);
});

test('what cannot be told is told when the alarm rings, in another life too', async () => {
  const disk = nodeDisk();
  const { bench, users } = start(disk);
  users.rows(add('ada'));
  await users.mirror.tell();
  bench.isDown = true;
  users.rows(add('bob'));
  await users.mirror.tell();
  expect([bench.table.has('bob'), await users.mirror.ring()]).toEqual([false, 31_000]);
  const later = start(disk);
  expect(await later.users.mirror.ring()).toBeNull();
  expect([...later.bench.table.keys()]).toEqual(['bob']);
  expect(bench.guards).toBeGreaterThan(0);
});

test('a table that comes with a later deployment is told of everybody', async () => {
  const { bench, users } = start();
  bench.schema = without;
  for (let n = 0; n < 250; n++) users.rows(add(`user ${n}`));
  await users.mirror.tell();
  expect(bench.table.size).toBe(0);
  bench.schema = withUsers;
  users.deployed();
  await users.mirror.tell();
  await users.mirror.tell();
  expect(bench.table.size).toBe(250);
});
