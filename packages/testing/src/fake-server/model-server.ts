/**
 * A server that keeps the protocol, over data in memory: the truth that clients are compared with.
 *
 * Holds: the data, its version, what was run, connections and sessions.
 * Always true: it is strict. Whatever a client may not say ends the connection and is written down in `faults`.
 */
import { type EncodedValue, encodeValue, errorCodes, isAppError, isBetterBaseError, type Value } from '@betterbase/core';
import { type ClientMessage, protocolVersion, type WireError } from '@betterbase/protocol';
import { type FakeSocket, parseSent, type SocketPeer } from './fake-socket.ts';
import { ModelConnection, type Pace } from './model-connection.ts';
import { ModelJournal } from './model-pages.ts';
import { type Answered, type ModelSession, ModelSessions, type Outcome } from './model-sessions.ts';

type Run<Data> = (data: Data, args: EncodedValue, journal: ModelJournal, user: string | null) => Value;
type Said<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>;

export interface ModelServerParts<Data> extends Pace {
  readonly data: Data;
  readonly queries: Readonly<Record<string, Run<Data>>>;
  /** A mutation that throws must have changed nothing. */
  readonly mutations: Readonly<Record<string, Run<Data>>>;
  readonly actions?: Readonly<Record<string, Run<Data>>>;
  /** Whose a token is; null: it is refused. When absent, tokens are the names of their users. */
  readonly userOf?: (token: string) => string | null;
}

export interface Execution {
  readonly session: string;
  readonly id: number;
  readonly path: string;
  readonly args: EncodedValue;
  readonly user: string | null;
}

export class ModelServer<Data> implements SocketPeer {
  /** Every mutation that was run, in order. */
  readonly executed: Execution[] = [];
  /** The arguments of every action that was run. */
  readonly actionsRun: EncodedValue[] = [];
  /** What clients did that they may not. */
  readonly faults: string[] = [];
  readonly #parts: ModelServerParts<Data>;
  readonly #sessions = new ModelSessions();
  readonly #connections = new Map<FakeSocket, ModelConnection>();
  #version = 0;
  #inbox: (() => void)[] = [];

  constructor(parts: ModelServerParts<Data>) {
    this.#parts = parts;
  }

  opened(socket: FakeSocket): void {
    const { clock, delay } = this.#parts;
    clock.after(delay(), () => {
      if (socket.state !== 'connecting') return;
      this.#connections.set(socket, new ModelConnection(socket, this.#parts));
      socket.open();
    });
  }

  heard(socket: FakeSocket, text: string): void {
    const connection = this.#connections.get(socket);
    connection?.travel(() => this.#hear(connection, text));
  }

  gone(socket: FakeSocket): void {
    this.#connections.delete(socket);
  }

  /** Breaks every connection. Frames under way are lost. */
  cutAll(): void {
    for (const socket of this.#connections.keys()) socket.cut();
  }

  /** Breaks every connection and forgets every session. */
  expireSessions(): void {
    this.#sessions.expireAll();
    this.cutAll();
  }

  /** A change that no client made. */
  change(make: (data: Data) => void): void {
    this.#later(() => {
      make(this.#parts.data);
      this.#version += 1;
    });
  }

  answer(path: string, args: EncodedValue, earlier: string | null = null, user: string | null = null): Answered {
    const journal = new ModelJournal(earlier);
    const outcome = run(this.#parts.queries[path], this.#parts.data, args, { journal, user });
    const end = journal.end ?? earlier;
    return end === null ? outcome : { ...outcome, journal: end };
  }

  #hear(connection: ModelConnection, text: string): void {
    const message = parseSent(text);
    if (message === 'ping') connection.send('pong');
    else if (message.type === 'connect') this.#connect(connection, message);
    else this.#later(() => this.#handle(connection, message));
  }

  #connect(connection: ModelConnection, { session, protocol }: Said<'connect'>): void {
    if (connection.session !== null || protocol !== protocolVersion) return this.#fault(connection, 'a second or foreign connect');
    const known = this.#sessions.find(session);
    for (const other of this.#connections.values()) {
      if (known !== undefined && other.session === known) end(other, { code: 'session/replaced', message: 'Another connection goes on.' });
    }
    connection.session = known ?? this.#sessions.create();
    const { id } = connection.session;
    connection.send(JSON.stringify({ type: 'connected', session: id, resumed: known !== undefined, protocol: protocolVersion }));
  }

  #handle(connection: ModelConnection, message: Exclude<ClientMessage, { type: 'connect' }>): void {
    const { session } = connection;
    if (!this.#connections.has(connection.socket)) return;
    if (session === null) return this.#fault(connection, `${message.type} before connect`);
    switch (message.type) {
      case 'authenticate':
        return this.#authenticate(connection, message);
      case 'watch':
        for (const id of message.remove) if (!connection.unwatch(id)) this.#fault(connection, `unwatching ${id}, which is not watched`);
        for (const request of message.add) if (!connection.watch(request)) this.#fault(connection, `watching ${request.id} twice`);
        return;
      case 'mutation':
        return connection.finish(message.id, this.#mutate(connection, session, message));
      case 'action':
        return this.#act(connection, message);
      case 'acknowledge':
        connection.acknowledge(message.version);
        for (const id of session.outcomes.keys()) if (id <= message.finished) session.outcomes.delete(id);
        return;
      default:
        message satisfies never;
    }
  }

  #authenticate(connection: ModelConnection, { id, token }: Said<'authenticate'>): void {
    const user = token === null ? null : (this.#parts.userOf ?? String)(token);
    if (token !== null && user === null) return end(connection, { code: 'auth/bad-token', message: 'No.' });
    if (!connection.identify(id, user)) this.#fault(connection, `identity ${id} too late`);
  }

  #mutate(connection: ModelConnection, session: ModelSession, { id, path, args }: Said<'mutation'>): Outcome {
    const stored = session.outcomes.get(id);
    if (stored !== undefined) return stored;
    if (id !== session.lastMutation + 1) this.#fault(connection, `mutation ${id} after ${session.lastMutation}`);
    const outcome = run(this.#parts.mutations[path], this.#parts.data, args, connection);
    this.executed.push({ session: session.id, id, path, args, user: connection.user });
    this.#version += 1;
    session.lastMutation = id;
    session.outcomes.set(id, outcome);
    return outcome;
  }

  #act(connection: ModelConnection, { id, path, args }: Said<'action'>): void {
    if (!connection.beginAction(id)) return this.#fault(connection, `action ${id} twice`);
    this.actionsRun.push(args);
    const outcome = run(this.#parts.actions?.[path], this.#parts.data, args, connection);
    connection.send(JSON.stringify({ type: 'action-finished', id, ...outcome }));
  }

  /** Everything that arrives while a turn is due happens in it, in order. */
  #later(work: () => void): void {
    const { clock, delay } = this.#parts;
    if (this.#inbox.push(work) === 1) clock.after(delay(), () => this.#turn());
  }

  #turn(): void {
    for (const work of this.#inbox.splice(0)) work();
    for (const connection of this.#connections.values()) {
      connection.tell(this.#version, ({ path, args }, journal) => this.answer(path, args, journal, connection.user));
    }
  }

  #fault(connection: ModelConnection, what: string): void {
    this.faults.push(what);
    end(connection, { code: 'protocol/bad-message', message: what });
  }
}

function end({ socket }: ModelConnection, error: WireError): void {
  socket.say({ type: 'fatal', error, retry: errorCodes[error.code].retry });
  socket.cut();
}

interface Circumstances {
  readonly user: string | null;
  readonly journal?: ModelJournal;
}

function run<Data>(
  handler: Run<Data> | undefined,
  data: Data,
  args: EncodedValue,
  { user, journal = new ModelJournal(null) }: Circumstances,
): Outcome {
  if (handler === undefined) return { error: { code: 'function/not-found', message: 'There is no such function.' } };
  try {
    return { value: encodeValue(handler(data, args, journal, user)) };
  } catch (error) {
    if (isAppError(error)) return { error: { code: 'function/app-error', message: error.message, data: encodeValue(error.data) } };
    if (isBetterBaseError(error)) return { error: { code: error.code, message: error.message } };
    throw error;
  }
}
