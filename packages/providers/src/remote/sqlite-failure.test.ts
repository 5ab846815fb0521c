import { expect, test } from 'vitest';
import { d1Failure } from '../d1/d1-failure.ts';
import { sqliteFailure } from './sqlite-failure.ts';

const constraint = (which: string, ...names: readonly string[]) => ({ kind: 'constraint', which, names });

test.each([
  ['NOT NULL constraint failed: meta.version', constraint('not-null', 'meta.version')],
  ['D1_ERROR: NOT NULL constraint failed: meta.version: SQLITE_CONSTRAINT', constraint('not-null', 'meta.version')],
  [
    'D1_ERROR: UNIQUE constraint failed: a.b, a.c: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
    constraint('unique', 'a.b', 'a.c'),
  ],
  ["SQLITE_CONSTRAINT: SQLite error: UNIQUE constraint failed: index 'by_slug'", constraint('unique', "index 'by_slug'")],
  ['D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT', constraint('foreign-key')],
  ['SQLITE_CONSTRAINT: SQLite error: CHECK constraint failed: small', constraint('check', 'small')],
  ['SQLITE_CONSTRAINT: SQLite error: cannot store TEXT value in INTEGER column a.b', { kind: 'refused' }],
  ['SQLITE_BUSY: SQLite error: database is locked', { kind: 'busy' }],
  ['SQLITE_FULL: database or disk is full', { kind: 'full' }],
  ['D1_ERROR: no such table: notes: SQLITE_ERROR', { kind: 'refused' }],
  ['Network connection lost.', null],
] as const)('SQLite says “%s”', (message, failure) => {
  expect(sqliteFailure(message)).toEqual(failure);
});

test.each([
  ['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', 'overloaded', 'overloaded'],
  ['D1_ERROR: D1 DB is overloaded. Too many requests queued.', 'overloaded', 'overloaded'],
  ['D1_ERROR: Exceeded maximum DB size.', 'full', 'full'],
  ['Cannot resolve D1 DB due to transient issue on remote node.', 'unreachable', 'unreachable'],
  ["D1_TYPE_ERROR: Type 'symbol' not supported for value 'Symbol()'", 'refused', 'refused'],
  ['D1_ERROR: Network connection lost.', 'unreachable', 'unknown'],
  ['D1 DB storage operation exceeded timeout which caused object to be reset.', 'unreachable', 'unknown'],
  ['D1 DB reset because its code was updated.', 'unreachable', 'unknown'],
  ['something new', 'unreachable', 'unknown'],
] as const)('D1 says “%s”: reading %s, writing %s', (message, read, write) => {
  expect(d1Failure(message, 'read')).toEqual({ kind: read });
  expect(d1Failure(message, 'write')).toEqual({ kind: write });
});
