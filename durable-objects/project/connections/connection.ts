import type { Outcome } from '@betterbase/engine';
import { maxUnacknowledged, type WireError } from '@betterbase/protocol';
import { type Caller, stranger } from '../turns/caller.ts';
import { closeCodeOf } from './close-code.ts';
import { actionFinishedFrame, answerChange, connectedFrame, fatalFrame, finishedCall, refusedChange, sameChange, transitionFrame } from './frames.ts';
import type { Socket } from './socket.ts';
import { encodeSocketMemory, type SocketMemory } from './socket-memory.ts';
import type { Subscription } from './subscription.ts';

/** What one client watches. */
export type ClientSubscription = Subscription<Connection>;

/** How long a client may leave all of its transitions unacknowledged while more is to be said, ms. */
const patience = 30_000;
/** Outcomes kept for a client that does not acknowledge. */
const mostFinished = 1_000;

/**
 * One client's socket and what has been said on it.
 *
 * Holds: the client's subscriptions, its version, and what is to be said next.
 * Does not hold: answers; other connections of the same session.
 * Always true: a transition starts where the last one ended; a client that does not acknowledge gets no more than
 * `maxUnacknowledged` of them, and then the newest state in one.
 */
export class Connection {
  readonly #socket: Socket;
  readonly caller: Caller = stranger;
  readonly subscriptions = new Map<number, ClientSubscription>();
  lastMutation = 0;
  lastAction = 0;
  mutationsUnderWay = 0;
  actionsUnderWay = 0;
  #state: 'new' | 'open' | 'closed' = 'new';
  #session = '';
  #version = 0;
  #acknowledged = 0;
  #changes: ClientSubscription[] = [];
  #refusedWishes: string[] = [];
  #finished: string[] = [];
  #waitingSince: number | null = null;
  #unanswered = 0;
  #unsaved = 0;
  #refusals = 0;
  /** Ids of subscriptions that are on disk and over. */
  #removed: number[] = [];
  #remembered = '';

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** A connection whose socket outlived our sleep. */
  static restored(socket: Socket, session: string, memory: SocketMemory): Connection {
    const connection = new Connection(socket);
    connection.#state = 'open';
    connection.#session = session;
    connection.#version = memory.version;
    connection.#acknowledged = memory.version;
    return connection;
  }

  get state(): 'new' | 'open' | 'closed' {
    return this.#state;
  }

  /** Empty until it is open. */
  get session(): string {
    return this.#session;
  }

  greet(session: string, resumed: boolean): void {
    this.#state = 'open';
    this.#session = session;
    this.#socket.send(connectedFrame(session, resumed));
    this.remember();
  }

  added(subscription: ClientSubscription): void {
    this.subscriptions.set(subscription.id, subscription);
    if (!subscription.isAnswered) this.#unanswered += 1;
    if (!subscription.isSaved) this.#unsaved += 1;
  }

  removed(subscription: ClientSubscription): void {
    this.subscriptions.delete(subscription.id);
    if (!subscription.isAnswered) this.#unanswered -= 1;
    if (subscription.isRefused) this.#refusals -= 1;
    if (subscription.isSaved) this.#removed.push(subscription.id);
    else this.#unsaved -= 1;
  }

  /** The wish cannot be granted: the client gets this instead of an answer. */
  refuse(subscription: ClientSubscription, error: WireError): void {
    this.#unanswered -= 1;
    subscription.told = 'refused';
    this.#refusedWishes.push(refusedChange(subscription.id, error));
  }

  /** True until what is to survive sleep is on disk. */
  get isUnsaved(): boolean {
    return this.#unsaved > 0 || this.#removed.length > 0;
  }

  /** What is not on disk yet. */
  unsaved(): { readonly added: readonly ClientSubscription[]; readonly removed: readonly number[] } {
    const added = this.#unsaved === 0 ? [] : [...this.subscriptions.values()].filter(({ isSaved }) => !isSaved);
    return { added, removed: this.#removed };
  }

  /** Everything is on disk. */
  saved(): void {
    if (this.#unsaved > 0) for (const subscription of this.subscriptions.values()) subscription.isSaved = true;
    this.#unsaved = 0;
    this.#removed = [];
    this.remember();
  }

  /** Its query has an answer that it may not have been told. */
  queue(subscription: ClientSubscription): void {
    this.#changes.push(subscription);
  }

  finish(id: number, outcome: Outcome): void {
    this.#finished.push(finishedCall(id, outcome));
  }

  /** Says everything queued in one transition, or waits for the client. `revive` asks for an answer whose text is gone. */
  flush(now: number, revive: (subscription: ClientSubscription) => void): 'done' | 'too-slow' {
    if (this.#state !== 'open') return 'done';
    if (this.#version - this.#acknowledged >= maxUnacknowledged) return this.#wait(now);
    this.#waitingSince = null;
    let changes = this.#refusedWishes.join(',');
    this.#refusedWishes = [];
    for (const subscription of this.#changes) {
      const change = this.#changeOf(subscription, revive);
      if (change !== null) changes = changes === '' ? change : `${changes},${change}`;
    }
    this.#changes = [];
    if (changes !== '' || this.#finished.length > 0) {
      this.#socket.send(transitionFrame(this.#version, changes, this.#finished.join(',')));
      this.#finished = [];
      this.#version += 1;
    }
    this.remember();
    return 'done';
  }

  /** The client has applied transitions up to this version. Returns false for one that was never sent. */
  acknowledge(version: number): boolean {
    if (version > this.#version) return false;
    this.#acknowledged = Math.max(this.#acknowledged, version);
    if (this.#waitingSince === null) return true;
    // While it waited, changes were not queued: whatever differs now is the newest state.
    this.#changes = [...this.subscriptions.values()];
    return true;
  }

  finishAction(id: number, outcome: Outcome): void {
    if (this.#state === 'open') this.#socket.send(actionFinishedFrame(id, outcome));
  }

  /** Ends the connection with a reason that the client understands. */
  fail(error: WireError): void {
    if (this.#state === 'closed') return;
    this.#socket.send(fatalFrame(error));
    this.close(closeCodeOf(error), error.code);
  }

  close(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#socket.close(code, reason);
  }

  /** The client has closed it, or it broke. */
  closed(): void {
    this.#state = 'closed';
  }

  /** Keeps with the socket what we must know on waking. */
  remember(): void {
    const isSettled = this.#isSettled();
    const text = encodeSocketMemory({ session: this.#session === '' ? null : this.#session, version: this.#version, isSettled });
    if (text === this.#remembered) return;
    this.#remembered = text;
    this.#socket.remember(text);
  }

  /** True when sleep would lose nothing. */
  #isSettled(): boolean {
    if (this.#unanswered > 0 || this.#refusals > 0 || this.mutationsUnderWay > 0 || this.#finished.length > 0) return false;
    return this.#waitingSince === null && !this.isUnsaved;
  }

  #changeOf(subscription: ClientSubscription, revive: (subscription: ClientSubscription) => void): string | null {
    const { id, query } = subscription;
    if (query === null || query.hash === null || query.hash === subscription.told || subscription.isHeld || !this.subscriptions.has(id)) return null;
    const change = subscription.told === null && subscription.known === query.hash ? sameChange(id) : answerChange(id, query);
    if (change === null) {
      revive(subscription);
      return null;
    }
    if (subscription.told === null) this.#unanswered -= 1;
    subscription.told = query.hash;
    if (query.journal !== subscription.journal) this.#turnPages(subscription, query.journal);
    if (query.isRefused !== subscription.isRefused) {
      subscription.isRefused = query.isRefused;
      this.#refusals += query.isRefused ? 1 : -1;
    }
    return change;
  }

  /** Its pages end elsewhere from now on, which must survive sleep. */
  #turnPages(subscription: ClientSubscription, journal: string | null): void {
    subscription.journal = journal;
    if (!subscription.isSaved) return;
    subscription.isSaved = false;
    this.#unsaved += 1;
    this.#removed.push(subscription.id);
  }

  #wait(now: number): 'done' | 'too-slow' {
    this.#changes = [];
    if (this.#waitingSince === null) {
      this.#waitingSince = now;
      this.remember();
    }
    return now - this.#waitingSince > patience || this.#finished.length > mostFinished ? 'too-slow' : 'done';
  }
}
