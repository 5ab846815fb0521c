import { NeonDbError } from '@neondatabase/serverless';
import { expect, test } from 'vitest';
import { neonFailure } from './neon-failure.ts';

const said = (message: string, fields: Partial<NeonDbError> = {}) => Object.assign(new NeonDbError(message), fields);

test.each([
  [
    said('null value', { code: '23502', table: 'meta', column: 'version' }),
    { kind: 'constraint', which: 'not-null', names: ['meta.version'] },
  ],
  [said('duplicate key', { code: '23505', table: 'a', constraint: 'a_by_b' }), { kind: 'constraint', which: 'unique', names: ['a_by_b'] }],
  [said('foreign key', { code: '23503', constraint: 'a_b_fkey' }), { kind: 'constraint', which: 'foreign-key', names: ['a_b_fkey'] }],
  [said('could not serialize access', { code: '40001' }), { kind: 'busy' }],
  [said('deadlock detected', { code: '40P01' }), { kind: 'busy' }],
  [said('sorry, too many clients already', { code: '53300' }), { kind: 'overloaded' }],
  [said('could not extend file', { code: '53100' }), { kind: 'full' }],
  [said('the database system is starting up', { code: '57P03' }), { kind: 'asleep' }],
  [said('password authentication failed', { code: '28P01' }), { kind: 'credentials' }],
  [said('database "x" does not exist', { code: '3D000' }), { kind: 'credentials' }],
  [said('relation "x" does not exist', { code: '42P01' }), { kind: 'refused' }],
  [said('cannot execute INSERT in a read-only transaction', { code: '25006' }), { kind: 'refused' }],
  [said('invalid byte sequence', { code: '22021' }), { kind: 'refused' }],
  [said("password authentication failed for user 'ann'"), { kind: 'credentials' }],
  [said("The requested endpoint could not be found, or you don't have access to it."), { kind: 'credentials' }],
  [said("Couldn't connect to compute node"), { kind: 'asleep' }],
  [said('Your account or project has exceeded the compute time quota.'), { kind: 'full' }],
  [said('Failed to acquire permit to connect to the database.'), { kind: 'overloaded' }],
  [said('Server error (HTTP status 429): slow down'), { kind: 'overloaded' }],
  [said('Server error (HTTP status 500): internal'), { kind: 'unknown' }],
  [said('terminating connection due to administrator command', { code: '57P01' }), { kind: 'unknown' }],
  [said('Error connecting to database: Error: Network connection lost.'), { kind: 'unknown' }],
  [new SyntaxError('Unexpected end of JSON input'), { kind: 'unknown' }],
])('of a write: %s', (error, failure) => {
  expect(neonFailure(error, 'write')).toEqual(failure);
});

test('of a read nothing stays unknown', () => {
  expect(neonFailure(said('Error connecting to database: Error: Network connection lost.'), 'read')).toEqual({ kind: 'unreachable' });
});
