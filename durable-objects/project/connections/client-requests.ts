import { BetterBaseError, overLimit, type ProjectLimits } from '@betterbase/core';
import type { FunctionCall, Outcome } from '@betterbase/engine';
import { protocolVersion, type WireError } from '@betterbase/protocol';
import type { Caller } from '../turns/caller.ts';
import type { LiveQueries } from '../turns/live-queries.ts';
import type { MutationWork } from '../turns/work.ts';
import { toWireError } from '../wire-errors.ts';
import type { CallMessage, IncomingMessage, WatchWish } from './client-message.ts';
import type { ClientSubscription, Connection } from './connection.ts';
import type { Introductions } from './introductions.ts';
import type { OwnVoice } from './own-voice.ts';
import { convexSessionPrefix, type SessionStore } from './session-store.ts';
import { Subscription } from './subscription.ts';

/** The engine is told to forget outcomes when the client holds this many more. */
const forgetEvery = 32;

/** What a request does to others than its connection. */
export interface Room {
  /** The connection that has this session, if any, ends. */
  replace(session: string): void;
  /** The connection has its session now. */
  enter(connection: Connection): void;
  /** The connection has something to be told. */
  touch(connection: Connection): void;
  /** Ends a subscription that is not in memory since we slept. Returns false if there is none. */
  unwatchResting(connection: Connection, id: number): boolean;
  /** The connection has something to be put on disk, or its socket must remember something else. */
  saveSoon(connection: Connection): void;
  /** The client is this caller from now on, until then. @throws BetterBaseError `limit/overloaded` */
  become(connection: Connection, caller: Caller, expiresAt: number): void;
  /** Ends a connection with a reason. */
  fail(connection: Connection, error: WireError): void;
  /** Ends a connection whose client is not any more who it said it is. */
  isOver(connection: Connection): boolean;
}

export interface RequestParts {
  readonly queries: LiveQueries<ClientSubscription>;
  readonly sessions: SessionStore;
  readonly now: () => number;
  readonly limits: () => ProjectLimits;
  /** A name that nobody can guess. */
  readonly newSession: () => string;
  readonly newRequest: () => string;
  /** @throws BetterBaseError `function/bad-path` */
  readonly canonicalPath: (path: string) => string;
  /** @throws BetterBaseError `limit/overloaded` */
  readonly mutate: (work: MutationWork) => void;
  /** `actionFinished` is called when it is over. */
  readonly startAction: (action: { readonly session: string; readonly id: number; readonly call: FunctionCall }) => void;
  /** The client holds these outcomes: nobody will ask for them again. */
  readonly forgetOutcomes: (session: string, upTo: number) => void;
}

/** And whom it is done for. */
type ClientRequestParts = RequestParts & { readonly room: Room; readonly introductions: Introductions };

/**
 * What clients may ask for, and what is done about it.
 *
 * Holds: nothing; what it learns goes to the connection, the live queries and the room.
 */
export class ClientRequests {
  readonly #parts: ClientRequestParts;

  constructor(parts: ClientRequestParts) {
    this.#parts = parts;
  }

  /** @throws BetterBaseError when the message breaks the rules: then the connection must end. */
  handle(connection: Connection, voice: OwnVoice, message: IncomingMessage): void {
    if ((message.type === 'connect') !== (connection.state === 'new')) {
      if (message.type === 'connect')
        throw new BetterBaseError('protocol/bad-message', 'This connection is connected already.', { hint: 'Say `connect` once.' });
      throw new BetterBaseError('protocol/not-connected', 'The first message must be `connect`.', {
        hint: 'Say `connect` before anything else.',
      });
    }
    if (message.type !== 'authenticate' && this.#parts.room.isOver(connection)) return;
    switch (message.type) {
      case 'connect':
        return this.#connect(connection, voice, message);
      case 'authenticate':
        return this.#authenticate(connection, voice, message);
      case 'watch':
        return this.watch(connection, message.add, message.remove);
      case 'mutation':
        return this.mutate(connection, message);
      case 'action':
        return this.act(connection, message);
      case 'acknowledge':
        return this.#acknowledge(connection, voice, message);
      default:
        message satisfies never;
    }
  }

  /** @throws BetterBaseError `function/bad-path` */
  callOf(connection: Connection, path: string, args: string): FunctionCall {
    const { identity, reach } = connection.caller;
    return { path: this.#parts.canonicalPath(path), args, identity, reach, requestId: this.#parts.newRequest() };
  }

  #connect(connection: Connection, voice: OwnVoice, message: Extract<IncomingMessage, { type: 'connect' }>): void {
    const { protocol, session: wanted, acknowledgeCharacters } = message;
    if (protocol !== protocolVersion) {
      throw new BetterBaseError(
        'protocol/version-unsupported',
        `This client speaks version ${protocol} of the protocol, the server version ${protocolVersion}.`,
        {
          hint:
            protocol > protocolVersion ? 'Deploy the newest platform, or use an older @betterbase/client.' : 'Update @betterbase/client.',
        },
      );
    }
    const { sessions, now, newSession, room } = this.#parts;
    const session = wanted?.startsWith(convexSessionPrefix) === true ? null : wanted;
    if (session !== null) room.replace(session);
    const resumed = session !== null && sessions.resume(session, connection.name, now());
    const current = resumed && session !== null ? session : newSession();
    if (!resumed) sessions.create(current, connection.name, now());
    if (acknowledgeCharacters !== null) voice.promised(acknowledgeCharacters);
    connection.greet(current, resumed);
    room.enter(connection);
  }

  #authenticate(connection: Connection, voice: OwnVoice, { id, token }: Extract<IncomingMessage, { type: 'authenticate' }>): void {
    if (!voice.introduce(id))
      throw new BetterBaseError('protocol/duplicate-id', `The client has said who it is under id ${id} or a later one already.`);
    const { introductions, room } = this.#parts;
    const words = {
      accepted: () => voice.identified(id),
      refused: (error: WireError) => room.fail(connection, error),
    };
    if (token === null) introductions.leave(connection, words);
    else introductions.meet(connection, token, words);
  }

  watch(connection: Connection, add: readonly WatchWish[], remove: readonly number[]): void {
    connection.unsettle();
    const resting = connection.mayRest ? this.#resting(connection) : 0;
    for (const wish of add) this.#subscribe(connection, wish, resting);
    for (const id of remove) {
      const subscription = connection.subscriptions.get(id);
      if (subscription === undefined) {
        if (this.#parts.room.unwatchResting(connection, id)) continue;
        throw new BetterBaseError('protocol/unknown-id', `There is no subscription ${id} to remove.`);
      }
      connection.removed(subscription);
      if (subscription.query !== null) this.#parts.queries.unwatch(subscription.query, subscription);
    }
    this.#parts.room.saveSoon(connection);
    this.#parts.room.touch(connection);
  }

  /** How many of its subscriptions are not in memory. */
  #resting(connection: Connection): number {
    const loaded = [...connection.subscriptions.values()].filter(({ isSaved }) => isSaved).length;
    return this.#parts.sessions.countOf(connection.session) - loaded;
  }

  #subscribe(connection: Connection, { id, path, args, hash, journal }: WatchWish, resting: number): void {
    const { subscriptions } = connection;
    if (subscriptions.has(id) || (resting > 0 && connection.isResting(id) && this.#parts.sessions.has(connection.session, id)))
      throw new BetterBaseError('protocol/duplicate-id', `Subscription ${id} is open already.`, { hint: 'Choose another id.' });
    const { subscriptions: most } = this.#parts.limits();
    const tooMany = (): BetterBaseError =>
      overLimit('subscriptions', most, {
        measured: subscriptions.size + resting,
        what: `This connection watches ${subscriptions.size + resting} queries`,
        hint: 'Stop watching others first.',
      });
    // Each is refused; a client that goes on all the same is cut off.
    if (subscriptions.size + resting >= 2 * most) throw tooMany();
    const subscription = new Subscription({ connection, id, path, args, known: hash, journal, isRestored: false });
    connection.added(subscription);
    if (subscriptions.size + resting > most) return connection.refuse(subscription, toWireError(tooMany()));
    let call: FunctionCall;
    try {
      call = this.callOf(connection, path, args);
    } catch (failure) {
      connection.refuse(subscription, toWireError(failure));
      return;
    }
    subscription.query = this.#parts.queries.watch(call, subscription);
    if (subscription.query.state === 'live') connection.queue(subscription);
  }

  mutate(connection: Connection, { id, path, args }: CallMessage): void {
    if (id <= connection.lastMutation) {
      throw new BetterBaseError('protocol/duplicate-id', `Mutation ${id} was sent on this connection already.`, {
        hint: 'Count the mutations of a session 1, 2, 3 …',
      });
    }
    if (connection.mutationsUnderWay >= this.#parts.limits().callsWaiting)
      throw this.#tooManyCalls(connection.mutationsUnderWay, 'mutations');
    connection.lastMutation = id;
    connection.mutationsUnderWay += 1;
    connection.unsettle();
    this.#parts.room.saveSoon(connection);
    const settle = (outcome: Outcome, version: number): void => {
      connection.mutationsUnderWay -= 1;
      if (this.#parts.room.isOver(connection)) return;
      connection.finish(id, outcome, version);
      this.#parts.room.touch(connection);
    };
    let call: FunctionCall;
    try {
      call = this.callOf(connection, path, args);
    } catch (failure) {
      return settle({ ok: false, error: toWireError(failure) }, 0);
    }
    this.#parts.mutate({
      do: 'mutation',
      request: { session: connection.session, id: String(id) },
      call,
      settle: ({ outcome, version }) => settle(outcome, version),
      // An outcome that is unknown must not be told as one: the client resumes and asks again.
      refuse: (error) => this.#parts.room.fail(connection, error),
    });
  }

  act(connection: Connection, { id, path, args }: CallMessage): void {
    if (id <= connection.lastAction)
      throw new BetterBaseError('protocol/duplicate-id', `Action ${id} was sent on this connection already.`);
    connection.lastAction = id;
    if (connection.actionsUnderWay >= this.#parts.limits().callsWaiting)
      return connection.finishAction(id, { ok: false, error: toWireError(this.#tooManyCalls(connection.actionsUnderWay, 'actions')) });
    let call: FunctionCall;
    try {
      call = this.callOf(connection, path, args);
    } catch (failure) {
      return connection.finishAction(id, { ok: false, error: toWireError(failure) });
    }
    connection.actionsUnderWay += 1;
    this.#parts.startAction({ session: connection.session, id, call });
  }

  #acknowledge(connection: Connection, voice: OwnVoice, { version, finished }: Extract<IncomingMessage, { type: 'acknowledge' }>): void {
    if (!voice.acknowledge(version, this.#parts.now())) {
      throw new BetterBaseError('protocol/bad-message', `Version ${version} was never sent, and cannot be acknowledged.`);
    }
    if (voice.isWaiting) connection.queueAll();
    this.#parts.room.touch(connection);
    if (finished < connection.forgottenUpTo + forgetEvery) return;
    connection.forgottenUpTo = finished;
    this.#parts.forgetOutcomes(connection.session, finished);
  }

  #tooManyCalls(waiting: number, what: string): BetterBaseError {
    return overLimit('callsWaiting', this.#parts.limits().callsWaiting, {
      measured: waiting + 1,
      what: `${waiting} ${what} of this connection wait for their answers`,
      hint: 'Wait for the answers of earlier calls.',
    });
  }
}
