/**
 * A server that keeps the protocol, over data in memory: the truth that clients are compared with.
 *
 * Holds: the data, its version, sessions with their outcomes, connections with their subscriptions.
 * Always true: it is strict. Whatever a client may not say ends the connection and is written down in `faults`.
 */
import { type EncodedValue, encodeValue, isAppError, type Value } from '@betterbase/core';
import {
  type AnswerChange,
  type ClientMessage,
  type FinishedCall,
  maxUnacknowledged,
  protocolVersion,
  type WatchRequest,
  type WireError,
} from '@betterbase/protocol';
import type { FakeClock } from './fake-clock.ts';
import { type FakeSocket, parseSent, type SocketPeer } from './fake-socket.ts';

type Run<Data> = (data: Data, args: EncodedValue) => Value;
type Outcome = { readonly value: EncodedValue } | { readonly error: WireError };

export interface ModelServerParts<Data> {
  readonly data: Data;
  readonly queries: Readonly<Record<string, Run<Data>>>;
  /** A mutation that throws must have changed nothing. */
  readonly mutations: Readonly<Record<string, Run<Data>>>;
  readonly actions?: Readonly<Record<string, Run<Data>>>;
  readonly clock: FakeClock;
  /** ms that a frame takes, or a turn. */
  readonly delay: () => number;
}

interface Session {
  readonly id: string;
  /** By mutation id; those the client holds are forgotten. */
  readonly outcomes: Map<number, Outcome>;
  lastMutation: number;
}

interface Connection {
  readonly socket: FakeSocket;
  session: Session | null;
  version: number;
  /** By subscription id; the hash of what was last told, or null. */
  readonly watched: Map<number, { readonly request: WatchRequest; hash: string | null; isNew: boolean }>;
  readonly actions: Set<number>;
  finished: FinishedCall[];
  unacknowledged: number[];
  /** When the last frame to it arrives: frames do not overtake. */
  arrival: number;
}

export interface Execution {
  readonly session: string;
  readonly id: number;
  readonly path: string;
  readonly args: EncodedValue;
}

export class ModelServer<Data> implements SocketPeer {
  readonly data: Data;
  /** Every mutation that was run, in order. */
  readonly executed: Execution[] = [];
  readonly actionsRun: EncodedValue[] = [];
  /** What clients did that they may not. */
  readonly faults: string[] = [];
  readonly #parts: ModelServerParts<Data>;
  readonly #sessions = new Map<string, Session>();
  readonly #connections = new Map<FakeSocket, Connection>();
  #version = 0;
  #sessionCount = 0;
  #inbox: (() => void)[] = [];
  #isTurnDue = false;

  constructor(parts: ModelServerParts<Data>) {
    this.#parts = parts;
    this.data = parts.data;
  }

  get version(): number {
    return this.#version;
  }

  opened(socket: FakeSocket): void {
    const { clock, delay } = this.#parts;
    clock.after(delay(), () => {
      if (socket.state !== 'connecting') return;
      this.#connections.set(socket, {
        socket,
        session: null,
        version: 0,
        watched: new Map(),
        actions: new Set(),
        finished: [],
        unacknowledged: [],
        arrival: 0,
      });
      socket.open();
    });
  }

  heard(socket: FakeSocket, text: string): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    const { clock, delay } = this.#parts;
    connection.arrival = Math.max(connection.arrival, clock.now + delay());
    clock.after(connection.arrival - clock.now, () => {
      if (this.#connections.get(socket) === connection) this.#hear(connection, text);
    });
  }

  gone(socket: FakeSocket): void {
    this.#connections.delete(socket);
  }

  /** Breaks every connection. Frames under way are lost. */
  cutAll(): void {
    for (const { socket } of this.#connections.values()) socket.cut();
  }

  /** Forgets every session, as if they had expired. */
  expireSessions(): void {
    this.#sessions.clear();
    this.cutAll();
  }

  /** A change that no client made. */
  change(mutate: (data: Data) => void): void {
    this.#later(() => {
      mutate(this.data);
      this.#version += 1;
    });
  }

  answer(path: string, args: EncodedValue): Outcome {
    return run(this.#parts.queries[path], this.data, args);
  }

  #hear(connection: Connection, text: string): void {
    const message = parseSent(text);
    if (message === 'ping') this.#send(connection, 'pong');
    else if (message.type === 'connect') this.#connect(connection, message);
    else if (connection.session === null) this.#fault(connection, `${message.type} before connect`);
    else this.#later(() => this.#handle(connection, message));
  }

  #connect(connection: Connection, { session, protocol }: Extract<ClientMessage, { type: 'connect' }>): void {
    if (connection.session !== null || protocol !== protocolVersion) return this.#fault(connection, 'a second or foreign connect');
    const known = session === null ? undefined : this.#sessions.get(session);
    for (const other of this.#connections.values()) {
      if (known !== undefined && other.session === known)
        this.#end(other, { code: 'session/replaced', message: 'Another connection goes on.' });
    }
    connection.session = known ?? this.#createSession();
    this.#send(
      connection,
      JSON.stringify({ type: 'connected', session: connection.session.id, resumed: known !== undefined, protocol: protocolVersion }),
    );
  }

  #createSession(): Session {
    this.#sessionCount += 1;
    const session: Session = { id: `session-${this.#sessionCount}`, outcomes: new Map(), lastMutation: 0 };
    this.#sessions.set(session.id, session);
    return session;
  }

  #handle(connection: Connection, message: Exclude<ClientMessage, { type: 'connect' }>): void {
    const { session } = connection;
    if (session === null || !this.#connections.has(connection.socket)) return;
    switch (message.type) {
      case 'watch':
        for (const id of message.remove)
          if (!connection.watched.delete(id)) this.#fault(connection, `unwatching ${id}, which is not watched`);
        for (const request of message.add) {
          if (connection.watched.has(request.id)) this.#fault(connection, `watching ${request.id} twice`);
          connection.watched.set(request.id, { request, hash: request.hash ?? null, isNew: true });
        }
        break;
      case 'mutation':
        connection.finished.push({ id: message.id, ...this.#mutate(connection, session, message) });
        break;
      case 'action':
        if (connection.actions.has(message.id)) this.#fault(connection, `action ${message.id} twice`);
        connection.actions.add(message.id);
        this.actionsRun.push(message.args);
        this.#send(
          connection,
          JSON.stringify({ type: 'action-finished', id: message.id, ...run(this.#parts.actions?.[message.path], this.data, message.args) }),
        );
        break;
      case 'acknowledge':
        connection.unacknowledged = connection.unacknowledged.filter((version) => version > message.version);
        for (const id of session.outcomes.keys()) if (id <= message.finished) session.outcomes.delete(id);
        break;
      default:
        message satisfies never;
    }
  }

  #mutate(connection: Connection, session: Session, { id, path, args }: Extract<ClientMessage, { type: 'mutation' }>): Outcome {
    if (id <= session.lastMutation) {
      const stored = session.outcomes.get(id);
      if (stored !== undefined) return stored;
      this.#fault(connection, `mutation ${id} again after it was acknowledged`);
    } else if (id !== session.lastMutation + 1) this.#fault(connection, `mutation ${id} after ${session.lastMutation}`);
    session.lastMutation = id;
    this.executed.push({ session: session.id, id, path, args });
    const outcome = run(this.#parts.mutations[path], this.data, args);
    this.#version += 1;
    session.outcomes.set(id, outcome);
    return outcome;
  }

  /** Everything that arrives while a turn is due happens in it, in order. */
  #later(work: () => void): void {
    const { clock, delay } = this.#parts;
    this.#inbox.push(work);
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    clock.after(delay(), () => this.#turn());
  }

  #turn(): void {
    const inbox = this.#inbox;
    this.#inbox = [];
    this.#isTurnDue = false;
    for (const work of inbox) work();
    for (const connection of this.#connections.values()) this.#tell(connection);
  }

  #tell(connection: Connection): void {
    if (connection.unacknowledged.length >= maxUnacknowledged) return;
    const changes: AnswerChange[] = [];
    for (const [id, watch] of connection.watched) {
      const answer = this.answer(watch.request.path, watch.request.args);
      const hash = JSON.stringify(answer);
      if (hash !== watch.hash) changes.push({ id, ...answer, hash });
      else if (watch.isNew) changes.push({ id, same: true });
      watch.hash = hash;
      watch.isNew = false;
    }
    if (changes.length === 0 && connection.finished.length === 0) return;
    const transition = { type: 'transition', from: connection.version, to: this.#version, changes, finished: connection.finished };
    connection.finished = [];
    connection.version = this.#version;
    connection.unacknowledged.push(this.#version);
    this.#send(connection, JSON.stringify(transition));
  }

  #send(connection: Connection, text: string): void {
    const { clock, delay } = this.#parts;
    connection.arrival = Math.max(connection.arrival, clock.now + delay());
    clock.after(connection.arrival - clock.now, () => {
      if (this.#connections.get(connection.socket) === connection) connection.socket.deliver(text);
    });
  }

  #fault(connection: Connection, what: string): void {
    this.faults.push(what);
    this.#end(connection, { code: 'protocol/bad-message', message: what });
  }

  #end(connection: Connection, error: WireError): void {
    connection.socket.say({ type: 'fatal', error });
    connection.socket.cut();
  }
}

function run<Data>(handler: Run<Data> | undefined, data: Data, args: EncodedValue): Outcome {
  if (handler === undefined) return { error: { code: 'function/not-found', message: 'There is no such function.' } };
  try {
    return { value: encodeValue(handler(data, args)) };
  } catch (error) {
    if (isAppError(error)) return { error: { code: 'function/app-error', message: error.message, data: encodeValue(error.data) } };
    throw error;
  }
}
