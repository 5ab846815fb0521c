import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import { type Caller, stranger } from '../turns/caller.ts';
import type { ResendBound } from './convex/resend-bound.ts';
import type { Socket } from './socket.ts';
import type { Subscription } from './subscription.ts';
import type { Goodbye } from './voice.ts';
import type { Voice } from './voices.ts';

/** What one client watches. */
export type ClientSubscription = Subscription<Connection>;

/**
 * One client's socket and what has been said on it.
 *
 * Holds: the client's subscriptions, what it was told of them, and what is to be said next.
 * Does not hold: answers; protocols, which are its voice; other connections of the same session.
 * Always true: a client that is behind gets the newest state in one transition.
 */
export class Connection {
  readonly #socket: Socket;
  readonly voice: Voice;
  #caller: Caller = stranger;
  #expiresAt = Number.POSITIVE_INFINITY;
  readonly subscriptions = new Map<number, ClientSubscription>();
  lastMutation = -1;
  lastAction = -1;
  mutationsUnderWay = 0;
  /** The engine was told to forget outcomes up to here. */
  forgottenUpTo = 0;
  /** Null: the client tells us itself, or has called nothing since we slept. */
  resends: ResendBound | null = null;
  /** In the line of those to be told something, and of those to be put on disk. */
  isTouched = false;
  /** Who the client is, on disk. */
  isCallerSaved = true;
  isSaveDue = false;
  actionsUnderWay = 0;
  #state: 'new' | 'open' | 'closed' = 'new';
  #session = '';
  #changes: ClientSubscription[] = [];
  #refusedWishes: string[] = [];
  #unanswered = 0;
  #unsaved = 0;
  #refusals = 0;
  /** Ids of subscriptions that are on disk and over. */
  #removed: number[] = [];
  #isSettledInMemory = false;
  /** Some of its subscriptions may be on disk alone. */
  mayRest = false;
  /** Those without an answer, where none is told before all can be. */
  readonly #unready = new Set<ClientSubscription>();

  constructor(socket: Socket, voice: Voice) {
    this.#socket = socket;
    this.voice = voice;
  }

  /** A connection whose socket outlived our sleep. */
  static restored(socket: Socket, voice: Voice, session: string): Connection {
    const connection = new Connection(socket, voice);
    connection.#state = 'open';
    connection.#session = session;
    // Only those whose sockets remember that nothing was under way are restored.
    connection.#isSettledInMemory = true;
    connection.mayRest = true;
    return connection;
  }

  get state(): 'new' | 'open' | 'closed' {
    return this.#state;
  }

  /** The name of its socket. */
  get name(): string {
    return this.#socket.name;
  }

  /** It is on disk, and not in memory since we slept. */
  isResting(subscription: number): boolean {
    return this.mayRest && !this.subscriptions.has(subscription) && !this.#removed.includes(subscription);
  }

  /** True when sleep loses nothing, and the socket knows that. */
  get isAtRest(): boolean {
    return this.#state === 'closed' || this.#isSettledInMemory;
  }

  /** Empty until it is open. */
  get session(): string {
    return this.#session;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Until when the client is who it says it is, ms since 1970. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** The client is this caller until then. What it watches must be asked for anew. */
  become(caller: Caller, expiresAt: number, isSaved = false): void {
    this.#caller = caller;
    this.#expiresAt = expiresAt;
    this.isCallerSaved = isSaved;
  }

  /** Who the client said it is does not hold any more. */
  expire(): void {
    this.#expiresAt = 0;
  }

  greet(session: string, resumed: boolean): void {
    this.#state = 'open';
    this.#session = session;
    const frame = this.voice.greet(session, resumed);
    if (frame !== null) this.#socket.send(frame);
    this.settle();
  }

  added(subscription: ClientSubscription): void {
    this.subscriptions.set(subscription.id, subscription);
    if (!subscription.isAnswered) this.#unanswered += 1;
    if (!subscription.isSaved) this.#unsaved += 1;
    if (this.voice.isAtomic && !subscription.isAnswered) this.#unready.add(subscription);
  }

  /** It is asked for as somebody else from now on. */
  rehomed(subscription: ClientSubscription): void {
    if (this.voice.isAtomic) this.#unready.add(subscription);
    this.queue(subscription);
  }

  removed(subscription: ClientSubscription): void {
    this.subscriptions.delete(subscription.id);
    this.#unready.delete(subscription);
    if (!subscription.isAnswered) this.#unanswered -= 1;
    if (subscription.isRefused) this.#refusals -= 1;
    if (subscription.isSaved) this.#removed.push(subscription.id);
    else this.#unsaved -= 1;
    this.voice.unwatched(subscription.id);
  }

  /** The wish cannot be granted: the client gets this instead of an answer. */
  refuse(subscription: ClientSubscription, error: WireError): void {
    this.#unanswered -= 1;
    subscription.told = 'refused';
    this.#refusedWishes.push(this.voice.refusal(subscription.id, error));
  }

  /** True until what is to survive sleep is on disk. */
  get isUnsaved(): boolean {
    return this.#unsaved > 0 || this.#removed.length > 0 || !this.isCallerSaved || this.resends?.isSaved === false;
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
    this.isCallerSaved = true;
    this.resends?.saved();
  }

  /** Its query has an answer that it may not have been told. */
  queue(subscription: ClientSubscription): void {
    this.#changes.push(subscription);
  }

  /** A mutation has an outcome, which stands since this version. */
  finish(id: number, outcome: Outcome, version: number): void {
    const frame = this.voice.mutationFinished(id, outcome, version);
    if (frame !== null && this.#state === 'open') this.#socket.send(frame);
  }

  /** Says everything queued in one transition, or waits for the client. `revive` asks for an answer whose text is gone. */
  flush(now: number, revive: (subscription: ClientSubscription) => void): 'nothing' | 'sent' | 'waiting' | 'too-slow' {
    if (this.#state !== 'open') return 'nothing';
    if (this.voice.isAtomic && !this.#isComplete(revive)) return 'nothing';
    const pace = this.voice.pace(now);
    if (pace !== 'ready') {
      this.#changes.length = 0;
      this.unsettle();
      return pace;
    }
    const frame = this.#nextFrame(revive);
    if (frame === null) return 'nothing';
    this.#socket.send(frame);
    return 'sent';
  }

  /** The client catches up after changes were not queued for it: whatever differs now is the newest state. */
  queueAll(): void {
    this.#changes = [...this.subscriptions.values()];
  }

  finishAction(id: number, outcome: Outcome): void {
    if (this.#state === 'open') this.#socket.send(this.voice.actionFinished(id, outcome));
  }

  /** Ends the connection with a reason that the client understands. */
  fail(error: WireError): void {
    this.end(this.voice.goodbye(error));
  }

  end({ frame, code, reason }: Goodbye): void {
    if (this.#state === 'closed') return;
    if (frame !== null) this.#socket.send(frame);
    this.close(code, reason);
  }

  /** Says something that needs no answer and changes nothing. */
  say(frame: string): void {
    if (this.#state !== 'closed') this.#socket.send(frame);
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
    this.#socket.remember(this.voice.memory(this.#session === '' ? null : this.#session, isSettled));
  }

  /** Every query has an answer, and what has changed is in memory. What is not is asked for. */
  #isComplete(revive: (subscription: ClientSubscription) => void): boolean {
    for (const subscription of this.#unready) {
      if (subscription.query !== null && subscription.query.hash === null) return false;
      this.#unready.delete(subscription);
    }
    let isComplete = true;
    for (const subscription of this.#changes) {
      const { query, told } = subscription;
      if (
        query === null ||
        query.hash === null ||
        query.outcome !== null ||
        query.hash === told ||
        !this.subscriptions.has(subscription.id)
      )
        continue;
      revive(subscription);
      isComplete = false;
    }
    return isComplete && this.voice.mayBegin(this.lastMutation, this.mutationsUnderWay);
  }

  /** True when sleep would lose nothing. */
  #isSettled(): boolean {
    if (this.#unready.size > 0 || this.#unanswered > 0 || this.#refusals > 0 || this.mutationsUnderWay > 0) return false;
    return this.voice.isSettled && !this.isUnsaved;
  }

  /** Null when there is nothing to say. */
  #nextFrame(revive: (subscription: ClientSubscription) => void): string | null {
    const { voice } = this;
    const changes = this.#changes;
    const [only] = changes;
    if (only !== undefined && changes.length === 1 && voice.hasOnlyAnswers && this.#refusedWishes.length === 0) {
      changes.length = 0;
      const kind = this.#tell(only, revive);
      if (kind === 'nothing' || only.query === null) return null;
      return kind === 'same' ? voice.transition(voice.same(only.id)) : voice.single(only.id, only.query);
    }
    let text = this.#refusedWishes.join(',');
    this.#refusedWishes = [];
    for (const subscription of changes) {
      const kind = this.#tell(subscription, revive);
      if (kind === 'nothing' || subscription.query === null) continue;
      const change = kind === 'same' ? voice.same(subscription.id) : voice.answer(subscription.id, subscription.query);
      text = text === '' ? change : `${text},${change}`;
    }
    changes.length = 0;
    return voice.transition(text);
  }

  /** What the client is told of this query now. */
  #tell(subscription: ClientSubscription, revive: (subscription: ClientSubscription) => void): 'nothing' | 'same' | 'answer' {
    const { query, told, known } = subscription;
    if (query === null || query.hash === null || query.hash === told || !this.subscriptions.has(subscription.id)) return 'nothing';
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
    this.resave(subscription);
  }

  /** What is on disk of it is not right any more. */
  resave(subscription: ClientSubscription): void {
    if (!subscription.isSaved) return;
    subscription.isSaved = false;
    this.#unsaved += 1;
    this.#removed.push(subscription.id);
  }
}
