import type { Outcome } from '@betterbase/engine';
import { maxUnacknowledged, type WireError } from '@betterbase/protocol';
import { type Caller, stranger } from '../turns/caller.ts';
import { closeCodeOf } from './close-code.ts';
import {
  actionFinishedFrame,
  answerChange,
  connectedFrame,
  fatalFrame,
  finishedCall,
  refusedChange,
  sameChange,
  type TransitionFrames,
  transitionFrame,
} from './frames.ts';
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
  /** The engine was told to forget outcomes up to here. */
  forgottenUpTo = 0;
  /** In the line of those to be told something, and of those to be put on disk. */
  isTouched = false;
  isSaveDue = false;
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
  #isSettledInMemory = false;

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
    this.settle();
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
  }

  /** Its query has an answer that it may not have been told. */
  queue(subscription: ClientSubscription): void {
    this.#changes.push(subscription);
  }

  finish(id: number, outcome: Outcome): void {
    this.#finished.push(finishedCall(id, outcome));
  }

  /**
   * Says everything queued in one transition, or waits for the client. `frames` makes frames that many get alike once;
   * `revive` asks for an answer whose text is gone.
   */
  flush(
    now: number,
    frames: TransitionFrames,
    revive: (subscription: ClientSubscription) => void,
  ): 'nothing' | 'sent' | 'waiting' | 'too-slow' {
    if (this.#state !== 'open') return 'nothing';
    if (this.#version - this.#acknowledged >= maxUnacknowledged) return this.#wait(now);
    this.#waitingSince = null;
    const frame = this.#nextFrame(frames, revive);
    if (frame === null) return 'nothing';
    this.#socket.send(frame);
    this.#version += 1;
    return 'sent';
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

  /** Something begins that sleep would lose. */
  unsettle(): void {
    if (this.#isSettledInMemory) this.#remember(false);
  }

  /** Keeps with the socket what we must know on waking. */
  settle(): void {
    this.#remember(this.#isSettled());
  }

  #remember(isSettled: boolean): void {
    this.#isSettledInMemory = isSettled;
    this.#socket.remember(encodeSocketMemory({ session: this.#session === '' ? null : this.#session, version: this.#version, isSettled }));
  }

  /** True when sleep would lose nothing. */
  #isSettled(): boolean {
    if (this.#unanswered > 0 || this.#refusals > 0 || this.mutationsUnderWay > 0 || this.#finished.length > 0) return false;
    return this.#waitingSince === null && !this.isUnsaved;
  }

  /** Null when there is nothing to say. */
  #nextFrame(frames: TransitionFrames, revive: (subscription: ClientSubscription) => void): string | null {
    const changes = this.#changes;
    const [only] = changes;
    if (only !== undefined && changes.length === 1 && this.#finished.length === 0 && this.#refusedWishes.length === 0) {
      changes.length = 0;
      const kind = this.#tell(only, revive);
      if (kind === 'nothing' || only.query === null) return null;
      return kind === 'same'
        ? transitionFrame(this.#version, sameChange(only.id), '')
        : frames.ofAnswer(this.#version, only.id, only.query);
    }
    let text = this.#refusedWishes.join(',');
    this.#refusedWishes = [];
    for (const subscription of changes) {
      const kind = this.#tell(subscription, revive);
      if (kind === 'nothing' || subscription.query === null) continue;
      const change = kind === 'same' ? sameChange(subscription.id) : answerChange(subscription.id, subscription.query);
      text = text === '' ? change : `${text},${change}`;
    }
    changes.length = 0;
    if (text === '' && this.#finished.length === 0) return null;
    const frame = transitionFrame(this.#version, text, this.#finished.join(','));
    this.#finished = [];
    return frame;
  }

  /** What the client is told of this query now. */
  #tell(subscription: ClientSubscription, revive: (subscription: ClientSubscription) => void): 'nothing' | 'same' | 'answer' {
    const { query, told, known } = subscription;
    if (query === null || query.hash === null || query.hash === told || subscription.isHeld || !this.subscriptions.has(subscription.id))
      return 'nothing';
    const isSame = told === null && known === query.hash;
    if (!isSame && query.outcome === null) {
      revive(subscription);
      return 'nothing';
    }
    if (told === null) this.#unanswered -= 1;
    subscription.told = query.hash;
    if (query.journal !== subscription.journal) this.#turnPages(subscription, query.journal);
    if (query.isRefused !== subscription.isRefused) {
      subscription.isRefused = query.isRefused;
      this.#refusals += query.isRefused ? 1 : -1;
    }
    return isSame ? 'same' : 'answer';
  }

  /** Its pages end elsewhere from now on, which must survive sleep. */
  #turnPages(subscription: ClientSubscription, journal: string | null): void {
    subscription.journal = journal;
    if (!subscription.isSaved) return;
    subscription.isSaved = false;
    this.#unsaved += 1;
    this.#removed.push(subscription.id);
  }

  #wait(now: number): 'waiting' | 'too-slow' {
    this.#changes.length = 0;
    this.#waitingSince ??= now;
    this.unsettle();
    return now - this.#waitingSince > patience || this.#finished.length > mostFinished ? 'too-slow' : 'waiting';
  }
}
