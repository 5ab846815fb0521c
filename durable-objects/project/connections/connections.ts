import { BetterBaseError } from '@betterbase/core';
import type { FunctionCall, Outcome } from '@betterbase/engine';
import { protocolVersion, type WireError } from '@betterbase/protocol';
import type { Timer } from '../timer.ts';
import type { LiveQueries } from '../turns/live-queries.ts';
import type { MutationWork } from '../turns/work.ts';
import { toWireError } from '../wire-errors.ts';
import { type CallMessage, type IncomingMessage, parseClientMessage, type WatchWish } from './client-message.ts';
import { type ClientSubscription, Connection } from './connection.ts';
import { TransitionFrames } from './frames.ts';
import type { SessionStore } from './session-store.ts';
import type { Socket } from './socket.ts';
import type { SocketMemory } from './socket-memory.ts';
import { Subscription } from './subscription.ts';

const mostSubscriptions = 10_000;
const mostCallsUnderWay = 1_000;
/** Subscriptions go to disk this long after they began, ms: short ones never do, and sleep comes much later. */
const saveDelay = 1_000;
const tooSlow: WireError = {
  code: 'session/too-slow',
  message: 'This client does not acknowledge what it is sent.',
  hint: 'Connect again with the same session: nothing is lost.',
};

/** WebSocket close code "service restart". */
const restartCode = 1012;

export interface ConnectionsParts {
  readonly queries: LiveQueries<ClientSubscription>;
  readonly sessions: SessionStore;
  readonly timer: Timer;
  readonly now: () => number;
  /** A name that nobody can guess. */
  readonly newSession: () => string;
  readonly newRequest: () => string;
  /** @throws BetterBaseError `function/bad-path` */
  readonly canonicalPath: (path: string) => string;
  /** @throws BetterBaseError `limit/overloaded` */
  readonly mutate: (work: MutationWork) => void;
  /** `actionFinished` is called when it is over. */
  readonly startAction: (action: { readonly session: string; readonly id: number; readonly call: FunctionCall }) => void;
}

/**
 * All clients that are connected now.
 *
 * Holds: connections by session, and which of them have something to be told.
 * Does not hold: answers, outcomes.
 * Always true: a session has one connection; nothing is told while watched answers may be older than the newest commit, so
 * all queries of a client move together.
 */
export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #open = new Set<Connection>();
  readonly #bySession = new Map<string, Connection>();
  readonly #frames = new TransitionFrames();
  #touched: Connection[] = [];
  #unsaved: Connection[] = [];

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#open.size;
  }

  open(socket: Socket): Connection {
    const connection = new Connection(socket);
    this.#open.add(connection);
    connection.settle();
    return connection;
  }

  /** Goes on with a socket that outlived our sleep. Null: something was lost, and the socket is closed so that its client resumes. */
  restore(socket: Socket, memory: SocketMemory | null): Connection | null {
    if (memory === null || !memory.isSettled) {
      socket.close(restartCode, 'restarted');
      return null;
    }
    if (memory.session === null) return this.open(socket);
    const connection = Connection.restored(socket, memory.session, memory);
    this.#open.add(connection);
    this.#bySession.set(memory.session, connection);
    for (const saved of this.#parts.sessions.subscriptionsOf(memory.session)) {
      const subscription = new Subscription({ ...saved, connection, known: null, isRestored: true });
      connection.added(subscription);
      subscription.query = this.#parts.queries.restore(this.#call(connection, saved.path, saved.args), subscription);
    }
    return connection;
  }

  /** Ends, on disk, the sessions whose sockets did not outlive our sleep. */
  forgetLost(): void {
    this.#parts.sessions.leaveAllBut(new Set(this.#bySession.keys()), this.#parts.now());
  }

  /** Never throws: a client that breaks the rules is told so, and its connection ends. */
  receive(connection: Connection, frame: string | ArrayBuffer): void {
    if (connection.state === 'closed') return;
    try {
      this.#handle(connection, parseClientMessage(frame));
    } catch (failure) {
      this.fail(connection, toWireError(failure));
    }
    this.deliver();
  }

  /** Tells everybody what they do not know yet. */
  deliver(): void {
    const { queries } = this.#parts;
    if (queries.isCatchingUp) return;
    for (const query of queries.takeChanged()) {
      for (const subscription of query.watchers) {
        subscription.connection.queue(subscription);
        this.#touch(subscription.connection);
      }
    }
    if (this.#touched.length > 0) this.#flush();
    queries.trim();
  }

  #flush(): void {
    const touched = this.#touched;
    this.#touched = [];
    const time = this.#parts.now();
    for (const connection of touched) {
      connection.isTouched = false;
      const said = connection.flush(time, this.#frames, this.#revive);
      if (said === 'sent') this.#saveSoon(connection);
      else if (said === 'too-slow') this.fail(connection, tooSlow);
    }
    this.#frames.clear();
  }

  #touch(connection: Connection): void {
    if (connection.isTouched) return;
    connection.isTouched = true;
    this.#touched.push(connection);
  }

  actionFinished(session: string, id: number, outcome: Outcome): void {
    const connection = this.#bySession.get(session);
    if (connection === undefined) return;
    connection.actionsUnderWay = Math.max(0, connection.actionsUnderWay - 1);
    connection.finishAction(id, outcome);
  }

  /** Ends a connection with a reason. */
  fail(connection: Connection, error: WireError): void {
    connection.fail(error);
    this.#end(connection);
  }

  /** The socket is gone. */
  closed(connection: Connection): void {
    connection.closed();
    this.#end(connection);
  }

  /** Nobody can be kept up to date: all connections end, and clients come back later. */
  failAll(error: WireError): void {
    for (const connection of this.#open) this.fail(connection, error);
  }

  /** Watches anew, as the one who is connected. */
  rehome(subscription: ClientSubscription): void {
    const { connection, path, args } = subscription;
    subscription.query = this.#parts.queries.watch(this.#call(connection, path, args), subscription);
  }

  /** Puts on disk, and into sockets' memories, what must survive sleep. */
  save(): void {
    const due = this.#unsaved;
    this.#unsaved = [];
    const unsaved = due.filter((connection) => connection.isUnsaved && connection.state === 'open');
    if (unsaved.length > 0) this.#saveToDisk(unsaved);
    for (const connection of due) {
      connection.isSaveDue = false;
      if (connection.state === 'open') connection.settle();
    }
  }

  #saveToDisk(connections: readonly Connection[]): void {
    const { sessions } = this.#parts;
    sessions.together(() => {
      for (const connection of connections) {
        const { added, removed } = connection.unsaved();
        // The canonical path, so that it can be read before the app is.
        const rows = added.map(({ id, path, args, journal, query }) => ({ id, path: query?.call.path ?? path, args, journal }));
        sessions.save(connection.session, rows, removed);
      }
    });
    for (const connection of connections) connection.saved();
  }

  #handle(connection: Connection, message: IncomingMessage): void {
    if ((message.type === 'connect') !== (connection.state === 'new')) {
      if (message.type === 'connect') throw new BetterBaseError('protocol/bad-message', 'This connection is connected already.', { hint: 'Say `connect` once.' });
      throw new BetterBaseError('protocol/not-connected', 'The first message must be `connect`.', { hint: 'Say `connect` before anything else.' });
    }
    switch (message.type) {
      case 'connect':
        return this.#connect(connection, message);
      case 'watch':
        return this.#watch(connection, message.add, message.remove);
      case 'mutation':
        return this.#mutate(connection, message);
      case 'action':
        return this.#act(connection, message);
      case 'acknowledge':
        return this.#acknowledge(connection, message.version);
      default:
        message satisfies never;
    }
  }

  #connect(connection: Connection, { protocol, session }: Extract<IncomingMessage, { type: 'connect' }>): void {
    if (protocol !== protocolVersion) {
      throw new BetterBaseError('protocol/version-unsupported', `This client speaks version ${protocol} of the protocol, the server version ${protocolVersion}.`, {
        hint: protocol > protocolVersion ? 'Deploy the newest platform, or use an older @betterbase/client.' : 'Update @betterbase/client.',
      });
    }
    const { sessions, now, newSession } = this.#parts;
    const before = session === null ? undefined : this.#bySession.get(session);
    if (before !== undefined) {
      this.fail(before, { code: 'session/replaced', message: 'The session goes on in another connection.', hint: 'Give each client a session of its own.' });
    }
    const resumed = session !== null && sessions.resume(session, now());
    const current = resumed && session !== null ? session : newSession();
    if (!resumed) sessions.create(current, now());
    this.#bySession.set(current, connection);
    connection.greet(current, resumed);
  }

  #watch(connection: Connection, add: readonly WatchWish[], remove: readonly number[]): void {
    connection.unsettle();
    for (const wish of add) this.#subscribe(connection, wish);
    for (const id of remove) {
      const subscription = connection.subscriptions.get(id);
      if (subscription === undefined) throw new BetterBaseError('protocol/unknown-id', `There is no subscription ${id} to remove.`);
      connection.removed(subscription);
      if (subscription.query !== null) this.#parts.queries.unwatch(subscription.query, subscription);
    }
    this.#saveSoon(connection);
    this.#touch(connection);
  }

  #subscribe(connection: Connection, { id, path, args, hash, journal }: WatchWish): void {
    const { subscriptions } = connection;
    if (subscriptions.has(id)) throw new BetterBaseError('protocol/duplicate-id', `Subscription ${id} is open already.`, { hint: 'Choose another id.' });
    if (subscriptions.size >= 2 * mostSubscriptions) throw overloaded('This client keeps asking for more subscriptions than it may have.');
    const subscription = new Subscription({ connection, id, path, args, known: hash, journal, isRestored: false });
    connection.added(subscription);
    if (subscriptions.size > mostSubscriptions) {
      connection.refuse(subscription, { code: 'limit/subscriptions', message: `A connection may watch ${mostSubscriptions} queries.`, hint: 'Stop watching others first.' });
      return;
    }
    let call: FunctionCall;
    try {
      call = this.#call(connection, path, args);
    } catch (failure) {
      connection.refuse(subscription, toWireError(failure));
      return;
    }
    subscription.query = this.#parts.queries.watch(call, subscription);
    if (subscription.query.state === 'live') connection.queue(subscription);
  }

  #mutate(connection: Connection, { id, path, args }: CallMessage): void {
    if (id <= connection.lastMutation) {
      throw new BetterBaseError('protocol/duplicate-id', `Mutation ${id} was sent on this connection already.`, { hint: 'Count the mutations of a session 1, 2, 3 …' });
    }
    if (connection.mutationsUnderWay >= mostCallsUnderWay) throw overloaded('Too many mutations of this client are waiting.');
    connection.lastMutation = id;
    connection.mutationsUnderWay += 1;
    connection.unsettle();
    const settle = (outcome: Outcome): void => {
      connection.mutationsUnderWay -= 1;
      connection.finish(id, outcome);
      this.#touch(connection);
    };
    let call: FunctionCall;
    try {
      call = this.#call(connection, path, args);
    } catch (failure) {
      return settle({ ok: false, error: toWireError(failure) });
    }
    this.#parts.mutate({
      do: 'mutation',
      request: { session: connection.session, id: String(id) },
      call,
      settle: ({ outcome }) => settle(outcome),
      // An outcome that is unknown must not be told as one: the client resumes and asks again.
      refuse: (error) => this.fail(connection, error),
    });
  }

  #act(connection: Connection, { id, path, args }: CallMessage): void {
    if (id <= connection.lastAction) throw new BetterBaseError('protocol/duplicate-id', `Action ${id} was sent on this connection already.`);
    connection.lastAction = id;
    if (connection.actionsUnderWay >= mostCallsUnderWay) {
      return connection.finishAction(id, { ok: false, error: { code: 'limit/overloaded', message: 'Too many actions of this client are running.' } });
    }
    let call: FunctionCall;
    try {
      call = this.#call(connection, path, args);
    } catch (failure) {
      return connection.finishAction(id, { ok: false, error: toWireError(failure) });
    }
    connection.actionsUnderWay += 1;
    this.#parts.startAction({ session: connection.session, id, call });
  }

  #acknowledge(connection: Connection, version: number): void {
    if (!connection.acknowledge(version)) {
      throw new BetterBaseError('protocol/bad-message', `Version ${version} was never sent, and cannot be acknowledged.`);
    }
    this.#touch(connection);
  }

  #end(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    for (const subscription of connection.subscriptions.values()) {
      if (subscription.query !== null) this.#parts.queries.unwatch(subscription.query, subscription);
    }
    connection.subscriptions.clear();
    if (this.#bySession.get(connection.session) !== connection) return;
    this.#bySession.delete(connection.session);
    this.#parts.sessions.leave(connection.session, this.#parts.now());
  }

  /** @throws BetterBaseError `function/bad-path` */
  #call(connection: Connection, path: string, args: string): FunctionCall {
    const { identity, reach } = connection.caller;
    return { path: this.#parts.canonicalPath(path), args, identity, reach, requestId: this.#parts.newRequest() };
  }

  #saveSoon(connection: Connection): void {
    if (connection.isSaveDue) return;
    connection.isSaveDue = true;
    // The object does not sleep while a timer waits.
    if (this.#unsaved.length === 0) this.#parts.timer.after(saveDelay, () => this.save());
    this.#unsaved.push(connection);
  }

  readonly #revive = ({ query }: ClientSubscription): void => {
    if (query !== null) this.#parts.queries.revive(query);
  };
}

function overloaded(message: string): BetterBaseError {
  return new BetterBaseError('limit/overloaded', message, { hint: 'Wait for the answers of earlier calls.' });
}
