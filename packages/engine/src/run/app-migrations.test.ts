import { defineMigration } from '@betterbase/core';
import { expect, test } from 'vitest';
import { appMigrations } from './app-migrations.ts';

const migrate = (): null => null;
const schema = { tables: [{ name: 'users', document: { type: 'any' }, indexes: [] }] } as const;

test('migrations are what the modules of their folder export, in the order of their names', () => {
  const [one, two] = [defineMigration({ table: 'users', migrate }), defineMigration({ table: 'users', migrate })];
  const modules = { 'migrations/2_b': { default: two, other: 5 }, 'migrations/1_a': { default: one, more: two }, users: { default: one } };

  expect(appMigrations({ modules }, schema).map(({ name }) => name)).toEqual(['1_a', '1_a:more', '2_b']);
});

test('a migration of a table that is not there is refused', () => {
  const modules = { 'migrations/1': { default: defineMigration({ table: 'people', migrate }) } };

  expect(() => appMigrations({ modules }, schema)).toThrow(expect.objectContaining({ code: 'migration/bad-definition' }));
});

test('a migration without a function is refused', () => {
  // @ts-expect-error -- nothing to run
  expect(() => defineMigration({ table: 'users' })).toThrow(expect.objectContaining({ code: 'migration/bad-definition' }));
});
