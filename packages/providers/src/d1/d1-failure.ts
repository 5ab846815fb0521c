import { type BatchMode, lostFailure } from '../remote/lost-failure.ts';
import type { RemoteFailure } from '../remote/remote-sql.ts';
import { sqliteFailure } from '../remote/sqlite-failure.ts';

/** D1 says what happened in words only. Those that it does not reset for come before anything was carried out. */
export function d1Failure(message: string, mode: BatchMode): RemoteFailure {
  const known = sqliteFailure(message);
  if (known !== null) return known;
  if (/overloaded|Too many requests queued|Too many API requests/i.test(message)) return { kind: 'overloaded' };
  if (/Cannot resolve D1 DB/i.test(message)) return { kind: 'unreachable' };
  if (/D1_(TYPE|COLUMN)_ERROR|Wrong number of parameter bindings|too many SQL variables|too (long|big|large)/i.test(message))
    return { kind: 'refused' };
  return lostFailure(mode);
}
