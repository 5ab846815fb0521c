import type { LiveQueries } from '../turns/live-queries.ts';
import type { ClientSubscription, Connection } from './connection.ts';
import type { RestRecord } from './rest-record.ts';
import type { SavedWatcher, SessionStore } from './session-store.ts';
import type { FoundSocket, SocketHolder } from './socket.ts';
import { Subscription } from './subscription.ts';
import type { FunctionCall } from '@betterbase/engine';
import { type Caller, stranger } from '../turns/caller.ts';

/** Equal to nobody's: whoever it ran for is gone. */
const nobody: Caller = { ...stranger, identityKey: 'gone' };

export interface RestingParts {
  readonly sockets: SocketHolder;
  readonly sessions: SessionStore;
  readonly record: RestRecord;
  readonly queries: LiveQueries<ClientSubscription>;
  readonly now: () => number;
  /** The connection of this socket, if it is in memory. */
  readonly awake: (name: string) => Connection | undefined;
  /** Goes on with a socket. Null: something was lost, and it is closed so that its client resumes. */
  readonly wake: (found: FoundSocket) => Connection | null;
  readonly callOf: (connection: Connection, path: string, args: string) => FunctionCall;
}

/**
 * What clients watch and we have not in memory, because we have slept: it comes back one query at a time, when a commit
 * touches it.
 *
 * Holds: how many connections are not in memory.
 * Always true: a query is in memory with all of its watchers, or with none.
 */
export class Resting {
  readonly #parts: RestingParts;
  #connections = 0;
  /** Whether there may be anything that is not in memory. */
  #isBegun = false;

  constructor(parts: RestingParts) {
    this.#parts = parts;
  }

  get connections(): number {
    return this.#connections;
  }

  /** After sleep. Whatever is doubtful is brought into memory, and the engine is asked about it. */
  begin(): void {
    const { record, queries } = this.#parts;
    const { isCalm, connections, lastQuery } = record.rest;
    queries.startAfter(lastQuery);
    if (isCalm && (connections === 0 || this.#isAnyThere())) {
      this.#connections = connections;
      this.#isBegun = connections > 0;
      return;
    }
    this.#bringAllConnections();
    this.bringAllQueries();
    queries.doubt();
  }

  /** A connection has come into memory. */
  came(): void {
    if (this.#connections > 0) this.#connections -= 1;
  }

  /** Brings a query into memory, with all who watch it. */
  bring(number: number): void {
    const { sessions, queries, callOf } = this.#parts;
    let own: Caller = nobody;
    let call: FunctionCall | null = null;
    let journal: string | null = null;
    const watchers: ClientSubscription[] = [];
    for (const saved of sessions.watchersOf(number)) {
      const connection = this.#connectionOf(saved);
      if (connection === null || !connection.isResting(saved.id)) continue;
      const subscription = new Subscription({ ...saved, connection, known: null, isRestored: true });
      connection.added(subscription);
      watchers.push(subscription);
      if (call === null || saved.isOwn) call = callOf(connection, saved.path, saved.args);
      if (saved.isOwn) own = connection.caller;
      journal = saved.journal;
    }
    if (call === null) return;
    const query = queries.restore({ number, call, caller: own, journal, watchers });
    for (const watcher of watchers) watcher.query = query;
  }

  /** Who watches what, of all that is not in memory. */
  overview(): readonly { readonly path: string; readonly watchers: number }[] {
    const { sessions, queries } = this.#parts;
    return this.#isBegun ? sessions.overview().filter(({ query }) => !queries.has(query)) : [];
  }

  /** When this connection watches as somebody else from now on. */
  bringQueriesOf(connection: Connection): void {
    if (!connection.mayRest) return;
    const { sessions, queries } = this.#parts;
    for (const number of sessions.watchedBy(connection.session)) if (!queries.has(number)) this.bring(number);
  }

  /** Connections that must hear something all the time. */
  bringConvex(): void {
    if (this.#connections === 0) return;
    for (const found of this.#parts.sockets.all('convex')) this.#parts.wake(found);
  }

  /** When everything must run again. */
  bringAllQueries(): void {
    for (const number of this.#parts.sessions.watched()) if (!this.#parts.queries.has(number)) this.bring(number);
  }

  /** Ends a subscription that is not in memory. Returns false if there is none. */
  unwatch(connection: Connection, id: number): boolean {
    if (!connection.isResting(id)) return false;
    const query = this.#parts.sessions.take(connection.session, id);
    if (typeof query === 'number') this.#parts.queries.forget(query);
    if (query !== undefined) connection.voice.unwatched(id);
    return query !== undefined;
  }

  /** Ends all subscriptions of a connection that are not in memory. */
  leave(connection: Connection): void {
    if (!connection.mayRest) return;
    for (const query of this.#parts.sessions.watchedAloneBy(connection.session)) {
      if (!this.#parts.queries.has(query)) this.#parts.queries.forget(query);
    }
  }

  /** The connection that has this session now. */
  find(session: string): Connection | null {
    const name = this.#parts.sessions.socketOf(session);
    if (name === null) return null;
    const awake = this.#parts.awake(name);
    if (awake !== undefined) return awake;
    const found = this.#parts.sockets.find(name);
    return found === null ? null : this.#parts.wake(found);
  }

  #connectionOf({ session, socket }: SavedWatcher): Connection | null {
    const { awake, sockets, wake, sessions, now } = this.#parts;
    const known = awake(socket);
    if (known !== undefined) return known;
    const found = sockets.find(socket);
    if (found !== null) return wake(found);
    sessions.leave(session, now());
    return null;
  }

  /** Sockets live and die together, but for those that say goodbye. */
  #isAnyThere(): boolean {
    const name = this.#parts.sessions.anySocket();
    return name !== null && this.#parts.sockets.find(name) !== null;
  }

  #bringAllConnections(): void {
    const { sockets, sessions, wake, now } = this.#parts;
    const open = new Set<string>();
    for (const found of sockets.all()) {
      const connection = wake(found);
      if (connection !== null) open.add(connection.session);
    }
    sessions.leaveAllBut(open, now());
  }
}
