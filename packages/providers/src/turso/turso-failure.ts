import { LibsqlError } from '@libsql/client/web';
import { type BatchMode, lostFailure, statusFailure } from '../remote/lost-failure.ts';
import type { RemoteFailure } from '../remote/remote-sql.ts';
import { sqliteFailure } from '../remote/sqlite-failure.ts';

/** What the client threw. An answer about a statement comes after the transaction was rolled back. */
export function tursoFailure(error: unknown, mode: BatchMode): RemoteFailure {
  if (!(error instanceof LibsqlError)) return lostFailure(mode);
  const status = statusOf(error.cause);
  if (status !== null) return statusFailure(status, mode);
  const known = sqliteFailure(error.message);
  if (known !== null) return known;
  if (error.code === 'BLOCKED' || /operations are forbidden/.test(error.message)) return { kind: 'full' };
  if (/^(TRANSACTION|TX)_(TIMEOUT|BUSY)$/.test(error.code)) return { kind: 'busy' };
  if (/^(SQL_|ARGS_|RESPONSE_TOO_LARGE|URL_)/.test(error.code)) return { kind: 'refused' };
  return lostFailure(mode);
}

function statusOf(cause: unknown): number | null {
  return cause instanceof Error && 'status' in cause && typeof cause.status === 'number' ? cause.status : null;
}
