import { expect, test } from 'vitest';
import { toProviderError } from './provider-error.ts';
import { type RemoteFailure, RemoteSqlError } from './remote-sql.ts';

const codes: readonly (readonly [RemoteFailure, string])[] = [
  [{ kind: 'constraint', which: 'unique', names: ['notes.owner'] }, 'provider/constraint'],
  [{ kind: 'refused' }, 'provider/refused'],
  [{ kind: 'credentials' }, 'provider/bad-credentials'],
  [{ kind: 'unreachable' }, 'provider/unreachable'],
  [{ kind: 'unknown' }, 'provider/outcome-unknown'],
  [{ kind: 'busy' }, 'provider/busy'],
  [{ kind: 'overloaded' }, 'provider/overloaded'],
  [{ kind: 'asleep' }, 'provider/asleep'],
  [{ kind: 'full' }, 'provider/full'],
];

test.for(codes)('a failure of kind %o is told as %s, with what to do', ([failure, code]) => {
  const told = toProviderError('Turso', new RemoteSqlError(failure, 'in its own words'));

  expect(told).toMatchObject({ code, message: 'Turso: in its own words', hint: expect.stringMatching(/\w.*\./) });
});

test.each([
  ['index row size 2808 exceeds btree version 4 maximum 2704 for index "notes.by_text"', 'notes.by_text'],
  ['index row requires 12016 bytes, maximum size is 8191', null],
])('of a key that an index has no room for, the index is named: %s', (message, index) => {
  expect(toProviderError('Neon', new RemoteSqlError({ kind: 'refused' }, message))).toMatchObject({
    code: 'document/key-too-long',
    details: { index },
  });
});
