import { BetterBaseError, type ErrorCode } from '@betterbase/core';
import type { RemoteFailure, RemoteSqlError } from './remote-sql.ts';

const meanings = {
  constraint: ['provider/constraint', 'The data does not allow this write: compare it with what the database names.'],
  refused: ['provider/refused', 'Was the database changed by hand? `bb provider check` says what is missing.'],
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
  const tooLong = keyTooLong.exec(error.message);
  if (tooLong !== null) return keyIsTooLong(provider, error, tooLong[1]);
  const [code, hint] = meanings[error.failure.kind];
  return new BetterBaseError(code, `${provider}: ${error.message}`, { hint, cause: error });
}

/** In PostgreSQL's words. It names the index where the key would fit a page, though not the index. */
const keyTooLong = /^index row (?:size|requires) \d+ .*?(?:for index "([^"]+)")?$/;

function keyIsTooLong(provider: string, cause: RemoteSqlError, index: string | undefined): BetterBaseError {
  const where = index === undefined ? 'an index' : `the index \`${index}\``;
  return new BetterBaseError(
    'document/key-too-long',
    `${provider} has no room in ${where} for what a document has in its fields: ${cause.message}.`,
    {
      hint: 'Index something shorter, such as the beginning of the text or a hash of it.',
      details: { index: index ?? null },
      cause,
    },
  );
}
