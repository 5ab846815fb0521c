import type { Identity } from '@betterbase/engine';
import { type SqlDisk, text, textOrNull } from '../sql-disk.ts';
import { ResendStore } from './convex/resend-store.ts';

/** How long a session outlives its last connection, ms. */
export const sessionLife = 24 * 60 * 60 * 1000;
/** How far a clock may be set back while a session lives, ms: what it does then seems to come before it. */
const clockSlack = 60 * 60 * 1000;

/** Sessions that Convex's clients have named are called so; those that we name never are. */
export const convexSessionPrefix = 'convex:';

/** Names a user among those of all issuers. */
export type UserName = Pick<Identity, 'issuer' | 'subject'>;

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
  /** The number of the query that answers it; null: it is refused. */
  readonly query: number | null;
  /** That query ran as this client. */
  readonly isOwn: boolean;
}

/** Who watches a query, and over which socket. */
export interface SavedWatcher extends SavedSubscription {
  readonly session: string;
  readonly socket: string;
}

const columns = 'id, path, args, journal, query, own';

/**
 * Sessions and what they watch, on disk.
 *
 * Always true: a session is found until 24 h after its last connection ended; subscriptions are of connected sessions only.
 */
export class SessionStore {
  readonly #disk: SqlDisk;
  /** What Convex's clients may send again. */
  readonly resends: ResendStore;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.resends = new ResendStore(disk);
  }

  /** Prepares the tables. */
  open(): void {
    this.resends.open();
    if (this.#disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'subscriptions_by_query'").length > 0) return;
    // seen_at is NULL while a connection is open.
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, seen_at INTEGER) WITHOUT ROWID',
    );
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS subscriptions (session TEXT NOT NULL, id INTEGER NOT NULL, path TEXT NOT NULL, args TEXT NOT NULL, PRIMARY KEY (session, id)) WITHOUT ROWID',
    );
    // What tables of earlier platforms lack.
    // NULL: nobody, or not connected.
    this.#addColumn('sessions', 'caller TEXT');
    this.#addColumn('sessions', 'socket TEXT');
    this.#addColumn('subscriptions', 'journal TEXT');
    this.#addColumn('subscriptions', 'query INTEGER');
    this.#addColumn('subscriptions', 'own INTEGER');
    this.#disk.rows('CREATE INDEX IF NOT EXISTS sessions_open ON sessions (id) WHERE seen_at IS NULL');
    this.#disk.rows('CREATE INDEX subscriptions_by_query ON subscriptions (query)');
  }

  /** `socket`: the name of the one over which it is held. A session of this name that has expired is over. */
  create(session: string, socket: string, now: number): void {
    this.#disk.rows('INSERT OR REPLACE INTO sessions (id, created_at, seen_at, socket) VALUES (?, ?, NULL, ?)', session, now, socket);
  }

  knows(session: string): boolean {
    return this.#disk.rows('SELECT 1 FROM sessions WHERE id = ?', session).length > 0;
  }

  /** Connects to a session again. False when it is unknown or has expired. */
  resume(session: string, socket: string, now: number): boolean {
    const found = this.#disk.rows(
      'UPDATE sessions SET seen_at = NULL, caller = NULL, socket = ? WHERE id = ? AND (seen_at IS NULL OR seen_at >= ?) RETURNING id',
      socket,
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
    for (const { id, path, args, journal, query, isOwn } of added) {
      this.#disk.rows(
        `INSERT INTO subscriptions (session, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        session,
        id,
        path,
        args,
        journal,
        query,
        isOwn ? 1 : 0,
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

  /** Sessions that are connected as this user, as far as it was saved. */
  connectedAs({ issuer, subject }: UserName): readonly string[] {
    const rows = this.#disk.rows(
      "SELECT id FROM sessions WHERE seen_at IS NULL AND caller ->> '$.identity.issuer' = ? AND caller ->> '$.identity.subject' = ?",
      issuer,
      subject,
    );
    return rows.map(([id]) => text(id));
  }

  /** Saves for several sessions at once. */
  together(work: () => void): void {
    this.#disk.transaction(work);
  }

  /** The socket of a session that has a connection. */
  socketOf(session: string): string | null {
    const [row] = this.#disk.rows('SELECT socket FROM sessions WHERE id = ? AND seen_at IS NULL', session);
    return textOrNull(row?.[0] ?? null);
  }

  /** The socket of some session that has a connection. */
  anySocket(): string | null {
    const [row] = this.#disk.rows('SELECT socket FROM sessions WHERE seen_at IS NULL LIMIT 1');
    return textOrNull(row?.[0] ?? null);
  }

  has(session: string, subscription: number): boolean {
    return this.#disk.rows('SELECT 1 FROM subscriptions WHERE session = ? AND id = ?', session, subscription).length > 0;
  }

  countOf(session: string): number {
    return Number(this.#disk.rows('SELECT count(*) FROM subscriptions WHERE session = ?', session)[0]?.[0]);
  }

  /** Removes a subscription. Returns its query if nobody else watches it, null if somebody does, undefined if there is none. */
  take(session: string, subscription: number): number | null | undefined {
    const [row] = this.#disk.rows('DELETE FROM subscriptions WHERE session = ? AND id = ? RETURNING query', session, subscription);
    if (row === undefined) return undefined;
    const [query] = row;
    if (typeof query !== 'number') return null;
    return this.#disk.rows('SELECT 1 FROM subscriptions WHERE query = ? LIMIT 1', query).length > 0 ? null : query;
  }

  /** The queries that this session watches, and no other does. */
  watchedAloneBy(session: string): readonly number[] {
    const rows = this.#disk.rows(
      'SELECT DISTINCT query FROM subscriptions AS own WHERE session = ?1 AND query IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subscriptions AS other WHERE other.query = own.query AND other.session <> ?1)',
      session,
    );
    return rows.map(([query]) => Number(query));
  }

  /** All who watch a query. */
  watchersOf(query: number): readonly SavedWatcher[] {
    const rows = this.#disk.rows(
      `SELECT s.id, socket, ${columns.replace('id', 'w.id')} FROM subscriptions AS w JOIN sessions AS s ON s.id = session WHERE query = ? AND seen_at IS NULL`,
      query,
    );
    return rows.map(([session, socket, id, path, args, journal, number, own]) => ({
      session: text(session),
      socket: textOrNull(socket) ?? '',
      id: Number(id),
      path: text(path),
      args: text(args),
      journal: textOrNull(journal),
      query: Number(number),
      isOwn: own === 1,
    }));
  }

  /** The queries that a session watches. */
  watchedBy(session: string): readonly number[] {
    const rows = this.#disk.rows('SELECT DISTINCT query FROM subscriptions WHERE session = ? AND query IS NOT NULL', session);
    return rows.map(([query]) => Number(query));
  }

  /** How many watch each query, and by which path. */
  overview(): readonly { readonly query: number; readonly path: string; readonly watchers: number }[] {
    const rows = this.#disk.rows('SELECT query, path, count(*) FROM subscriptions WHERE query IS NOT NULL GROUP BY query, path');
    return rows.map(([query, path, watchers]) => ({ query: Number(query), path: text(path), watchers: Number(watchers) }));
  }

  /** Every query that is watched. */
  watched(): readonly number[] {
    return this.#disk.rows('SELECT DISTINCT query FROM subscriptions WHERE query IS NOT NULL').map(([query]) => Number(query));
  }

  /**
   * Forgets sessions that have expired.
   *
   * @returns the time before which no living session has any outcome, and whether any session is left.
   */
  sweep(now: number): { readonly outcomesBefore: number; readonly isEmpty: boolean } {
    this.#disk.rows('DELETE FROM sessions WHERE seen_at < ?', now - sessionLife);
    const [row] = this.#disk.rows(
      `SELECT count(*), min(CASE WHEN id GLOB '${convexSessionPrefix}*' THEN NULL ELSE created_at END) FROM sessions`,
    );
    const times = [row?.[1], this.resends.sweep(now, sessionLife)].filter((time) => typeof time === 'number');
    const firstOutcome = Math.min(...times, now) - clockSlack;
    return { outcomesBefore: Math.min(now - sessionLife, firstOutcome), isEmpty: row?.[0] === 0 };
  }

  #addColumn(table: string, column: string): void {
    const [name = ''] = column.split(' ');
    const known = this.#disk.rows('SELECT 1 FROM pragma_table_info(?) WHERE name = ?', table, name);
    if (known.length === 0) this.#disk.rows(`ALTER TABLE ${table} ADD COLUMN ${column}`);
  }
}
