import type { Identity } from '@betterbase/engine';
import { type SqlDisk, text, textOrNull } from '../sql-disk.ts';

/** How long a session outlives its last connection, ms. */
export const sessionLife = 24 * 60 * 60 * 1000;
/** How far a clock may be set back while a session lives, ms: what it does then seems to come before it. */
const clockSlack = 60 * 60 * 1000;

/** Sessions that Convex's clients have named are called so; those that we name never are. */
export const convexSessionPrefix = 'convex:';

/** Somebody whose token was verified. */
export interface KnownCaller {
  readonly identity: Identity;
  /** ms since 1970 */
  readonly expiresAt: number;
}

export interface SavedSubscription {
  readonly id: number;
  readonly path: string;
  readonly args: string;
  /** Where the pages in its answer end, if it has pages. */
  readonly journal: string | null;
}

/**
 * Sessions and what they watch, on disk.
 *
 * Always true: a session is found until 24 h after its last connection ended; subscriptions are of connected sessions only.
 */
export class SessionStore {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** Prepares the tables. */
  open(): void {
    // seen_at is NULL while a connection is open.
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, seen_at INTEGER) WITHOUT ROWID',
    );
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS subscriptions (session TEXT NOT NULL, id INTEGER NOT NULL, path TEXT NOT NULL, args TEXT NOT NULL, journal TEXT, PRIMARY KEY (session, id)) WITHOUT ROWID',
    );
    // Tables of platforms that knew no pages have no such column.
    this.#addColumn('subscriptions', 'journal');
    // Nor that clients can be somebody. NULL: nobody, or not connected.
    this.#addColumn('sessions', 'caller');
  }

  create(session: string, now: number): void {
    this.#disk.rows('INSERT INTO sessions (id, created_at, seen_at) VALUES (?, ?, NULL)', session, now);
  }

  knows(session: string): boolean {
    return this.#disk.rows('SELECT 1 FROM sessions WHERE id = ?', session).length > 0;
  }

  /** Connects to a session again. False when it is unknown or has expired. */
  resume(session: string, now: number): boolean {
    const found = this.#disk.rows(
      'UPDATE sessions SET seen_at = NULL, caller = NULL WHERE id = ? AND (seen_at IS NULL OR seen_at >= ?) RETURNING id',
      session,
      now - sessionLife,
    );
    return found.length > 0;
  }

  /** The session's connection has ended. */
  leave(session: string, now: number): void {
    this.#disk.transaction(() => {
      this.#disk.rows('UPDATE sessions SET seen_at = ?, caller = NULL WHERE id = ?', now, session);
      this.#disk.rows('DELETE FROM subscriptions WHERE session = ?', session);
    });
  }

  /** Ends, as of now, every connection but those of these sessions: the others were lost without a word. */
  leaveAllBut(sessions: ReadonlySet<string>, now: number): void {
    const open = this.#disk.rows('SELECT id FROM sessions WHERE seen_at IS NULL').map(([id]) => text(id));
    for (const session of open) if (!sessions.has(session)) this.leave(session, now);
  }

  save(session: string, added: readonly SavedSubscription[], removed: readonly number[]): void {
    for (const id of removed) this.#disk.rows('DELETE FROM subscriptions WHERE session = ? AND id = ?', session, id);
    for (const { id, path, args, journal } of added) {
      this.#disk.rows(
        'INSERT INTO subscriptions (session, id, path, args, journal) VALUES (?, ?, ?, ?, ?)',
        session,
        id,
        path,
        args,
        journal,
      );
    }
  }

  /** Keeps who the session's client is while it is connected. */
  saveCaller(session: string, caller: KnownCaller | null): void {
    this.#disk.rows('UPDATE sessions SET caller = ? WHERE id = ?', caller === null ? null : JSON.stringify(caller), session);
  }

  callerOf(session: string): KnownCaller | null {
    const caller = textOrNull(this.#disk.rows('SELECT caller FROM sessions WHERE id = ?', session)[0]?.[0]);
    return caller === null ? null : (JSON.parse(caller) as KnownCaller);
  }

  /** Saves for several sessions at once. */
  together(work: () => void): void {
    this.#disk.transaction(work);
  }

  subscriptionsOf(session: string): readonly SavedSubscription[] {
    const rows = this.#disk.rows('SELECT id, path, args, journal FROM subscriptions WHERE session = ? ORDER BY id', session);
    return rows.map(([id, path, args, journal]) => ({ id: Number(id), path: text(path), args: text(args), journal: textOrNull(journal) }));
  }

  /**
   * Forgets sessions that have expired.
   *
   * @returns the time before which no living session has any outcome, and whether any session is left.
   */
  sweep(now: number): { readonly outcomesBefore: number; readonly isEmpty: boolean } {
    this.#disk.rows('DELETE FROM sessions WHERE seen_at < ?', now - sessionLife);
    const [row] = this.#disk.rows('SELECT min(created_at) FROM sessions');
    const oldest = row?.[0];
    const firstOutcome = typeof oldest === 'number' ? oldest - clockSlack : now;
    return { outcomesBefore: Math.min(now - sessionLife, firstOutcome), isEmpty: typeof oldest !== 'number' };
  }

  #addColumn(table: 'sessions' | 'subscriptions', column: string): void {
    const isThere = this.#disk.rows(`SELECT 1 FROM pragma_table_info('${table}') WHERE name = ?`, column).length > 0;
    if (!isThere) this.#disk.rows(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);
  }
}
