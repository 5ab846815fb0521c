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
