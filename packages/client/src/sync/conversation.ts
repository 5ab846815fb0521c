/**
 * One client's side of the conversation with its project.
 *
 * Holds: the truths that overlap (subscriptions, answers, mutations, actions, optimistic layers) and the session.
 * Does not hold: the socket, promises, listeners, timers.
 * Never sends or waits: it takes a wish or a message and returns what changed; `flush` returns what to say.
 */
import { BetterBaseError } from '@betterbase/core';
import { acknowledgeCharacters, acknowledgeEvery, type ClientMessage, protocolVersion, type ServerMessage } from '@betterbase/protocol';
import { ActionCalls } from './action-calls.ts';
import { Answers } from './answers.ts';
import { type Call, MutationQueue } from './mutation-queue.ts';
import { type Layer, OptimisticLayers, type Truth } from './optimistic-layers.ts';
import { type CallError, type Outcome, toOutcome } from './outcome.ts';
import type { QueryCall } from './query-call.ts';
import type { QueryState } from './query-state.ts';
import { Subscriptions } from './subscriptions.ts';

type Connected = Extract<ServerMessage, { type: 'connected' }>;
type Transition = Extract<ServerMessage, { type: 'transition' }>;

export interface Settled<Owner> {
  readonly call: Owner;
  readonly outcome: Outcome;
}

/** What a step of the conversation changed. */
export interface Change<Owner> {
  /** The queries whose state is another one now. */
  readonly changed: readonly string[];
  /** The calls whose outcome is known now. */
  readonly settled: readonly Settled<Owner>[];
  /** The queries that were asked again and have been answered. */
  readonly refreshed: readonly string[];
  /** What optimistic updates threw when they were replayed. */
  readonly thrown: readonly unknown[];
}

const nothing = { changed: [], settled: [], refreshed: [], thrown: [] };

export class Conversation<Owner extends Call> {
  readonly #subscriptions = new Subscriptions();
  readonly #answers = new Answers();
  readonly #mutations = new MutationQueue<Owner>();
  readonly #actions = new ActionCalls<Owner>();
  readonly #layers = new OptimisticLayers<Owner>();
  readonly #truth: Truth = { state: (key) => this.#answers.state(key), calls: () => this.#subscriptions.calls() };
  readonly #client: string;
  /** What each watched query shows. */
  readonly #shown = new Map<string, QueryState>();
  #guessed: readonly string[] = [];
  /** What becomes visible with the next step that does. */
  #settled: Settled<Owner>[] = [];
  #refreshed: string[] = [];
  #phase: 'offline' | 'greeting' | 'live' = 'offline';
  #session: string | null = null;
  #unacknowledged = 0;
  #characters = 0;
  #failure: BetterBaseError | null = null;

  /** `client`: what this client calls itself, for the server's logs. */
  constructor(client: string) {
    this.#client = client;
  }

  /** Something has been said on the socket that is open. */
  get hasBegun(): boolean {
    return this.#phase !== 'offline';
  }

  /** What is shown is still as of the connection before. */
  get isCatchingUp(): boolean {
    return this.#answers.isCatchingUp || this.#mutations.isCatchingUp;
  }

  get mutationsUnderWay(): number {
    return this.#mutations.size;
  }

  get actionsUnderWay(): number {
    return this.#actions.size;
  }

  state(key: string): QueryState {
    return this.#layers.state(key, this.#truth);
  }

  watch(call: QueryCall): void {
    this.#subscriptions.add(call);
    if (this.#failure !== null) this.#answers.fail([call.key], this.#failure);
    this.#shown.set(call.key, this.state(call.key));
  }

  unwatch(key: string): Change<Owner> {
    this.#subscriptions.drop(key);
    this.#shown.delete(key);
    this.#answers.forget(key);
    return this.#publish();
  }

  /** Asks the server for this answer again. */
  refresh(key: string): void {
    this.#subscriptions.refresh(key);
  }

  /** @throws whatever the optimistic update throws; then nothing will be sent. */
  mutate(mutation: Owner, update: Layer | undefined): Change<Owner> {
    if (update !== undefined) this.#layers.push(mutation, update, this.#truth);
    this.#mutations.add(mutation);
    return { ...nothing, changed: this.#look([]) };
  }

  act(action: Owner): void {
    this.#actions.add(action);
  }

  /** A socket is open: what to say first. `introduction`: who says it. */
  open(introduction: readonly ClientMessage[] = []): readonly ClientMessage[] {
    this.#phase = 'greeting';
    this.#unacknowledged = this.#characters = 0;
    this.#refreshed = [];
    this.#subscriptions.restart();
    this.#answers.restart();
    const hello: ClientMessage = {
      type: 'connect',
      protocol: protocolVersion,
      session: this.#session,
      version: this.#answers.newest,
      client: this.#client,
      acknowledgeCharacters,
    };
    return [hello, ...introduction, ...this.flush()];
  }

  /** What is to be said now: nothing while there is no socket, and calls only once the server has named the session. */
  flush(): readonly ClientMessage[] {
    if (this.#phase === 'offline') return [];
    const watch = this.#subscriptions.flush((key) => this.#answers.held(key));
    const calls = this.#phase === 'live' ? [...this.#mutations.flush(), ...this.#actions.flush()] : [];
    return [...(watch === null ? [] : [watch]), ...calls, ...this.#acknowledge()];
  }

  /**
   * Takes in what the server says, in a frame of so many characters.
   *
   * @throws BetterBaseError `protocol/bad-message` when it does not fit what was said before, `value/bad-encoding` when a
   * value in it cannot be read, `protocol/version-unsupported`.
   */
  receive(message: Exclude<ServerMessage, { type: 'fatal' }>, characters: number): Change<Owner> {
    this.#characters += characters;
    if ((message.type === 'connected') !== (this.#phase === 'greeting'))
      throw new BetterBaseError('protocol/bad-message', `The server said "${message.type}" at the wrong time.`);
    switch (message.type) {
      case 'connected':
        return this.#greet(message);
      case 'transition':
        return this.#apply(message);
      case 'action-finished': {
        const outcome = toOutcome(message);
        const call = this.#actions.finish(message.id);
        return call === undefined ? nothing : { ...nothing, settled: [{ call, outcome }] };
      }
      default:
        return message satisfies never;
    }
  }

  /** The socket is gone. */
  lost(): Change<Owner> {
    this.#phase = 'offline';
    const error = new BetterBaseError('connection/lost', 'The connection was lost before the outcome of this action arrived.', {
      hint: 'It may or may not have happened. Actions are never sent twice.',
    });
    return { ...nothing, settled: this.#actions.lose().map((call) => ({ call, outcome: { ok: false, error } })) };
  }

  /** The session has ended: the outcome of whatever was sent on it will never be known. */
  forgetSession(): Change<Owner> {
    this.#session = null;
    const error = new BetterBaseError('session/expired', 'The session ended before the outcome of this mutation arrived.', {
      hint: 'It may or may not have happened. Look at the data before you do it again.',
    });
    return this.#giveUp(this.#mutations.expire(), error);
  }

  /** Somebody else is here: what is shown was for whoever was, and is asked anew. */
  leave(): Change<Owner> {
    const keys = this.#subscriptions.calls().map(({ key }) => key);
    for (const key of keys) {
      this.#answers.hide(key);
      this.#subscriptions.refresh(key);
    }
    return { ...nothing, thrown: this.#layers.replay(this.#truth), changed: this.#look(keys) };
  }

  /** Whoever called has left: what was not sent will not be. */
  withdraw(): Change<Owner> {
    const error = new BetterBaseError('auth/session-ended', 'Whoever called this has signed out: it was not sent.');
    return this.#giveUp([...this.#mutations.withdraw(), ...this.#actions.withdraw()], error);
  }

  /** There will be no other connection: everything fails with this. */
  fail(error: BetterBaseError): Change<Owner> {
    this.#phase = 'offline';
    this.#failure = error;
    const keys = this.#subscriptions.calls().map(({ key }) => key);
    this.#answers.fail(keys, error);
    this.#refreshed = keys;
    return this.#giveUp([...this.#mutations.clear(), ...this.#actions.clear()], error, keys);
  }

  #greet({ session, resumed, protocol }: Connected): Change<Owner> {
    if (protocol !== protocolVersion) {
      throw new BetterBaseError(
        'protocol/version-unsupported',
        `The server speaks version ${protocol} of the protocol, this client version ${protocolVersion}.`,
        { hint: 'Reload the page, or update @betterbase/client.' },
      );
    }
    const change = this.#session === null || resumed ? nothing : this.forgetSession();
    this.#phase = 'live';
    this.#session = session;
    this.#mutations.restart();
    return change;
  }

  #apply(transition: Transition): Change<Owner> {
    const outcomes = transition.finished.map((finished) => ({ id: finished.id, outcome: toOutcome(finished) }));
    const keys = transition.changes.map(({ id }) => this.#subscriptions.keyOf(id));
    this.#answers.apply(transition, (id) => this.#subscriptions.keyOf(id));
    this.#unacknowledged += 1;
    this.#refreshed.push(...keys.filter((key) => key !== undefined));
    for (const { id, outcome } of outcomes) {
      // Resending a mutation may bring its outcome twice.
      const call = this.#mutations.finish(id);
      if (call !== undefined) this.#settled.push({ call, outcome });
    }
    return this.#publish();
  }

  #acknowledge(): readonly ClientMessage[] {
    if (this.#unacknowledged < acknowledgeEvery && this.#characters < acknowledgeCharacters) return [];
    this.#unacknowledged = this.#characters = 0;
    return [{ type: 'acknowledge', version: this.#answers.version, finished: this.#mutations.finished }];
  }

  #giveUp(calls: readonly Owner[], error: CallError, failed: readonly string[] = []): Change<Owner> {
    for (const call of calls) this.#settled.push({ call, outcome: { ok: false, error } });
    return this.#publish(failed);
  }

  /**
   * Answers, outcomes and the end of their optimistic updates become visible in one step. After a reconnect that step
   * waits until nothing is missing: else an effect could be seen twice, as a guess on top of itself, or not at all.
   */
  #publish(failed: readonly string[] = []): Change<Owner> {
    if (this.isCatchingUp) return nothing;
    const [settled, refreshed, answered] = [this.#settled, this.#refreshed, this.#answers.show()];
    this.#settled = [];
    this.#refreshed = [];
    this.#layers.drop(settled.map(({ call }) => call));
    const thrown = this.#layers.replay(this.#truth);
    return { changed: this.#look([...failed, ...answered]), settled, refreshed, thrown };
  }

  /** Which of the queries that may have changed did. */
  #look(answered: readonly string[]): readonly string[] {
    const guessed = this.#layers.keys();
    const candidates = new Set([...answered, ...this.#guessed, ...guessed]);
    this.#guessed = guessed;
    const changed = [...candidates].filter((key) => this.#shown.has(key) && this.#shown.get(key) !== this.state(key));
    for (const key of changed) this.#shown.set(key, this.state(key));
    return changed;
  }
}
