import type { SqlDisk } from '../../sql-disk.ts';
import type { SessionCalls } from './resend-bound.ts';

/** How long we know of a session that has expired which ids it has used, ms: pages come back that were asleep for weeks. */
const memoryLife = 30 * 24 * 60 * 60 * 1000;

const none: SessionCalls = { last: -1, forgotten: -1 };

/**
 * Which mutations of Convex's sessions may be sent again, on disk.
 *
 * Holds: per session that has called a mutation the newest id, the bound, and a mark: the newest id at some moment, which becomes
 * the bound when enough time has passed since.
 * Always true: no outcome above a session's bound is older than its `since`.
 */
export class ResendStore {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** Prepares the table. */
  open(): void {
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS session_calls (session TEXT PRIMARY KEY, last INTEGER NOT NULL, forgotten INTEGER NOT NULL, since INTEGER NOT NULL, mark INTEGER NOT NULL, marked_at INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID',
    );
  }

  find(session: string): SessionCalls {
    const [row] = this.#disk.rows('SELECT last, forgotten FROM session_calls WHERE session = ?', session);
    return row === undefined ? none : { last: Number(row[0]), forgotten: Number(row[1]) };
  }

  /** The session has expired and begins anew: nothing is known of what it has called. */
  restart(session: string, now: number): void {
    this.#disk.rows(
      'UPDATE session_calls SET forgotten = last, since = ?2, mark = last, marked_at = ?2, seen_at = ?2 WHERE session = ?1',
      session,
      now,
    );
  }

  /** `since`: when the session has called nothing that is not kept here. */
  save(session: string, { last, forgotten }: SessionCalls, now: number, since: number): void {
    this.#disk.rows(
      'INSERT INTO session_calls (session, last, forgotten, since, mark, marked_at, seen_at) VALUES (?1, ?2, ?3, ?5, ?2, ?4, ?4) ON CONFLICT (session) DO UPDATE SET last = max(last, ?2), forgotten = max(forgotten, ?3)',
      session,
      last,
      forgotten,
      now,
      since,
    );
  }

  /**
   * Moves the bounds of connected sessions to where they were `life` ms ago or before; `sessions` must be swept.
   *
   * @returns the time before which no living session needs an outcome, or null.
   */
  sweep(now: number, life: number): number | null {
    this.#disk.rows(
      'UPDATE session_calls SET forgotten = max(forgotten, mark), since = marked_at, mark = last, marked_at = ?1 WHERE marked_at <= ?2 AND session IN (SELECT id FROM sessions WHERE seen_at IS NULL)',
      now,
      now - life,
    );
    this.#disk.rows('UPDATE session_calls SET seen_at = ? WHERE session IN (SELECT id FROM sessions)', now);
    this.#disk.rows('DELETE FROM session_calls WHERE seen_at < ?', now - memoryLife);
    const since = this.#disk.rows('SELECT min(since) FROM session_calls WHERE session IN (SELECT id FROM sessions)')[0]?.[0];
    return typeof since === 'number' ? since : null;
  }
}
