import { LibsqlBatchError, LibsqlError } from '@libsql/client/web';
import { expect, test } from 'vitest';
import { tursoFailure } from './turso-failure.ts';

const ofStatus = (status: number) =>
  new LibsqlError('Server returned HTTP status', 'SERVER_ERROR', undefined, undefined, Object.assign(new Error('http'), { status }));

test.each([
  [ofStatus(401), 'credentials', 'credentials'],
  [ofStatus(404), 'credentials', 'credentials'],
  [ofStatus(413), 'refused', 'refused'],
  [ofStatus(429), 'overloaded', 'overloaded'],
  [ofStatus(503), 'unreachable', 'unknown'],
  [ofStatus(523), 'unreachable', 'unreachable'],
  [
    new LibsqlError('SQL write operations are forbidden (writes are blocked, do you need to upgrade your plan?)', 'BLOCKED'),
    'full',
    'full',
  ],
  [new LibsqlBatchError('SQLite error: database is locked', 3, 'SQLITE_BUSY'), 'busy', 'busy'],
  [new LibsqlError('near "SELEKT": syntax error', 'SQL_PARSE_ERROR'), 'refused', 'refused'],
  [new LibsqlError('Unexpected end of JSON input', 'HRANA_PROTO_ERROR'), 'unreachable', 'unknown'],
  [new LibsqlError('The stream has expired', 'STREAM_EXPIRED'), 'unreachable', 'unknown'],
  [new TypeError('Network connection lost.'), 'unreachable', 'unknown'],
] as const)('%s: reading %s, writing %s', (error, read, write) => {
  expect(tursoFailure(error, 'read')).toEqual({ kind: read });
  expect(tursoFailure(error, 'write')).toEqual({ kind: write });
});
