import type { LiveQueries } from '../turns/live-queries.ts';
import type { Timer } from '../timer.ts';
import type { ClientSubscription, Connection } from './connection.ts';
import type { ConvexRequests } from './convex/convex-requests.ts';
import type { RestRecord } from './rest-record.ts';
import type { KnownCaller, SavedSubscription, SessionStore } from './session-store.ts';

/** Subscriptions go to disk this long after they began, ms: short ones never do, and sleep comes much later. */
const saveDelay = 1_000;

export interface SavingParts {
  readonly timer: Timer;
  readonly record: RestRecord;
  readonly sessions: SessionStore;
  readonly queries: LiveQueries<ClientSubscription>;
  /** What Convex's clients may send again. */
  readonly resends: Pick<ConvexRequests, 'save' | 'forget'>;
  /** After what is to survive sleep was put on disk. */
  readonly onSaved: () => void;
}

/**
 * What must survive sleep, put on disk and into sockets' memories.
 *
 * Holds: which connections have something to be saved, and of which sleep would lose something all the same.
 */
export class Saving {
  readonly #parts: SavingParts;
  /** Sleep would lose something of them, or their sockets do not know where they stand. */
  readonly #restless = new Set<Connection>();
  #due: Connection[] = [];

  constructor(parts: SavingParts) {
    this.#parts = parts;
  }

  /** True when sleep would lose nothing. */
  get isDone(): boolean {
    return this.#restless.size === 0 && this.#due.length === 0;
  }

  isRestless(connection: Connection): boolean {
    return this.#restless.has(connection);
  }

  soon(connection: Connection): void {
    if (connection.isSaveDue) return;
    connection.isSaveDue = true;
    this.#parts.record.disturbed();
    // The object does not sleep while a timer waits.
    if (this.#due.length === 0) this.#parts.timer.after(saveDelay, () => this.now());
    this.#due.push(connection);
  }

  now(): void {
    const due = this.#due;
    this.#due = [];
    const unsaved = due.filter((connection) => connection.isUnsaved && connection.state === 'open');
    if (unsaved.length > 0) this.#toDisk(unsaved);
    for (const connection of due) {
      connection.isSaveDue = false;
      if (connection.state === 'open') connection.settle();
      if (connection.isAtRest) this.#restless.delete(connection);
      else this.#restless.add(connection);
    }
    this.#parts.onSaved();
  }

  /** The connection has ended, and with it its session's, if it had it still. */
  ended(connection: Connection): void {
    this.#restless.delete(connection);
  }

  #toDisk(connections: readonly Connection[]): void {
    const { sessions, record, queries, resends } = this.#parts;
    sessions.together(() => {
      record.numbered(queries.lastNumber);
      for (const connection of connections) {
        const { added, removed } = connection.unsaved();
        sessions.save(connection.session, added.map(savedOf), removed);
        if (!connection.isCallerSaved) sessions.saveCaller(connection.session, knownCallerOf(connection));
        resends.save(connection);
      }
    });
    for (const connection of connections) {
      resends.forget(connection);
      connection.saved();
    }
  }
}

function savedOf({ id, path, args, journal, query, caller }: ClientSubscription): SavedSubscription {
  return {
    id,
    // The canonical path, so that it can be read before the app is.
    path: query?.call.path ?? path,
    args,
    journal,
    query: query?.number ?? null,
    isOwn: query?.caller.identityKey === caller.identityKey,
  };
}

function knownCallerOf({ caller: { identity }, expiresAt }: Connection): KnownCaller | null {
  return identity === null ? null : { identity, expiresAt };
}
