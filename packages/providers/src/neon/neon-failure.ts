import { NeonDbError } from '@neondatabase/serverless';
import { postgresFailure } from '../postgres/postgres-failure.ts';
import { type BatchMode, lostFailure, statusFailure } from '../remote/lost-failure.ts';
import type { RemoteFailure } from '../remote/remote-sql.ts';

/** What Neon's proxy says when the statements have not reached Postgres. It gives no code for these. */
const words: readonly (readonly [RegExp, RemoteFailure])[] = [
  [/password authentication failed|endpoint could not be found|role .* does not exist|project not found/i, { kind: 'credentials' }],
  [/couldn't connect to compute node|compute .*(starting|suspended)|endpoint is (disabled|suspended)/i, { kind: 'asleep' }],
  [/exceeded the .*(quota|limit)|project size limit/i, { kind: 'full' }],
  [/too many (database )?connection|failed to acquire permit|rate limit/i, { kind: 'overloaded' }],
];

export function neonFailure(error: unknown, mode: BatchMode): RemoteFailure {
  if (!(error instanceof NeonDbError)) return lostFailure(mode);
  const { code, table, column, constraint, message } = error;
  const known = code === undefined || code === null ? null : postgresFailure({ code, table, column, constraint });
  if (known !== null) return known;
  const said = words.find(([pattern]) => pattern.test(message))?.[1];
  if (said !== undefined) return said;
  const status = /^Server error \(HTTP status (\d{3})\)/.exec(message)?.[1];
  return status === undefined ? lostFailure(mode) : statusFailure(Number(status), mode);
}
