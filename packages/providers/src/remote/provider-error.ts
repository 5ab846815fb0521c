import { BetterBaseError, type ErrorCode } from '@betterbase/core';
import type { RemoteFailure, RemoteSqlError } from './remote-sql.ts';

const meanings = {
  constraint: ['provider/constraint', 'The data does not allow this write: compare it with what the database names.'],
  refused: ['provider/refused', 'Was the database changed by hand? Deploy again to bring its tables up to the schema.'],
  credentials: ['provider/bad-credentials', "Compare the project's connection string or token with what the provider shows."],
  unreachable: ['provider/unreachable', "Check the address, and the provider's status page. Nothing was changed."],
  unknown: ['provider/outcome-unknown', 'The connection was lost after sending. Read what is there before doing it again.'],
  busy: ['provider/busy', 'Another transaction was in the way. Nothing was changed: try again.'],
  overloaded: [
    'provider/overloaded',
    'Try again later, or raise the limit of requests or connections at the provider. Nothing was changed.',
  ],
  asleep: ['provider/asleep', 'The database is being woken. Nothing was changed: try again in a few seconds.'],
  full: ['provider/full', "Delete what is not needed, or raise the database's size at the provider. Nothing was changed."],
} as const satisfies Record<RemoteFailure['kind'], readonly [ErrorCode, string]>;

/** A failed batch as an error of the closed table. `provider` is its name for people, such as `Turso`. */
export function toProviderError(provider: string, error: RemoteSqlError): BetterBaseError {
  const [code, hint] = meanings[error.failure.kind];
  return new BetterBaseError(code, `${provider}: ${error.message}`, { hint, cause: error });
}
