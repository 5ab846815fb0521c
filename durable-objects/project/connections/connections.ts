import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { Realtime } from '../project-door.ts';
import type { Timer } from '../timer.ts';
import { type Caller, createCaller } from '../turns/caller.ts';
import { toWireError } from '../wire-errors.ts';
import { parseClientMessage } from './client-message.ts';
import { ClientRequests, type RequestParts } from './client-requests.ts';
import { type ClientSubscription, Connection } from './connection.ts';
import { ChunkingSocket } from './convex/chunking-socket.ts';
import { ConvexAnswers, pingFrame } from './convex/convex-frames.ts';
import { parseConvexMessage } from './convex/convex-message.ts';
import { type ConvexRequestParts, ConvexRequests, type ConvexRoom } from './convex/convex-requests.ts';
import { ConvexVoice } from './convex/convex-voice.ts';
import { TransitionFrames } from './frames.ts';
import { type IntroductionParts, Introductions } from './introductions.ts';
import { OwnVoice } from './own-voice.ts';
import type { Protocol } from './protocol.ts';
import type { RestRecord } from './rest-record.ts';
import { Resting } from './resting.ts';
import type { FoundSocket, Socket, SocketHolder } from './socket.ts';
import type { KnownCaller } from './session-store.ts';
import type { SocketMemory } from './socket-memory.ts';
import type { Goodbye } from './voice.ts';
import type { Voice } from './voices.ts';

/** Subscriptions go to disk this long after they began, ms: short ones never do, and sleep comes much later. */
const saveDelay = 1_000;
/** WebSocket close code "service restart". */
const restartCode = 1012;

const tooSlow: WireError = {
  code: 'session/too-slow',
  message: 'This client does not acknowledge what it is sent.',
  hint: 'Connect again with the same session: nothing is lost.',
};

const replaced: WireError = {
  code: 'session/replaced',
  message: 'The session goes on in another connection.',
  hint: 'Give each client a session of its own.',
};

const expired: WireError = {
  code: 'auth/token-expired',
  message: 'The token of this client’s user has expired.',
  hint: 'Connect again with the same session, and show a new one.',
};

export interface ConnectionsParts
  extends RequestParts,
    Pick<ConvexRequestParts, 'wake' | 'sessionBegins'>,
    Pick<IntroductionParts, 'verify'> {
  readonly timer: Timer;
  readonly sockets: SocketHolder;
  readonly record: RestRecord;
  /** After what is to survive sleep was put on disk. */
  readonly onSaved: () => void;
  /** The newest version that is known; 0 while none is. */
  readonly version: () => number;
  /** A client is here that must hear something at least every minute. */
  readonly keepAlive: () => void;
}

/**
 * All clients that are connected now.
 *
 * Holds: connections by session, and which of them have something to be told or to be saved.
 * Does not hold: answers, outcomes; connections that nothing has happened to since we slept (`Resting`).
 * Always true: a session has one connection; nothing is told while watched answers may be older than the newest commit, so
 * all queries of a client move together.
 */
export class Connections implements ConvexRoom {
  readonly #parts: ConnectionsParts;
  readonly #requests: ClientRequests;
  readonly #convexRequests: ConvexRequests;
  readonly #introductions: Introductions;
  readonly #open = new Set<Connection>();
  readonly #bySession = new Map<string, Connection>();
  readonly #bySocket = new Map<string, Connection>();
  readonly #resting: Resting;
  /** Sleep would lose something of them, or their sockets do not know where they stand. */
  readonly #restless = new Set<Connection>();
  readonly #frames = new TransitionFrames();
  readonly #convexAnswers = new ConvexAnswers();
  #touched: Connection[] = [];
  #unsaved: Connection[] = [];

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    const introductions = new Introductions({ ...parts, room: this });
    this.#introductions = introductions;
    this.#requests = new ClientRequests({ ...parts, introductions, room: this });
    this.#convexRequests = new ConvexRequests({ ...parts, introductions, requests: this.#requests, room: this });
    this.#resting = new Resting({
      ...parts,
      awake: (name) => this.#bySocket.get(name),
      wake: (found) => this.wake(found),
      callOf: (connection, path, args) => this.#requests.callOf(connection, path, args),
    });
  }

  get count(): number {
    return this.#open.size + this.#resting.connections;
  }

  /** True when sleep would lose nothing. */
  get areAtRest(): boolean {
    return this.#restless.size === 0 && this.#unsaved.length === 0 && this.#touched.length === 0;
  }

  /** After sleep, before anything else. */
  begin(): void {
    this.#resting.begin();
  }

  /** A query that somebody watches, and that is not in memory. */
  bring(number: number): void {
    this.#resting.bring(number);
  }

  /** Everything that is watched must be in memory now. */
  bringAll(): void {
    this.#resting.bringAllQueries();
  }

  /** How many there are, and what they watch. */
  overview(): Realtime {
    const watched = new Map<string, number>();
    let subscriptions = 0;
    const count = (path: string, watchers: number): void => {
      subscriptions += watchers;
      watched.set(path, (watched.get(path) ?? 0) + watchers);
    };
    for (const connection of this.#open) for (const { path } of connection.subscriptions.values()) count(path, 1);
    for (const { path, watchers } of this.#resting.overview()) count(path, watchers);
    const byPath = [...watched].map(([path, count]) => ({ path, subscriptions: count }));
    return { clients: this.count, subscriptions, watched: byPath.sort((one, other) => other.subscriptions - one.subscriptions) };
  }

  open(socket: Socket, protocol: Protocol = { name: 'betterbase' }): Connection {
    const connection = new Connection(audienceOf(socket, protocol), this.#voiceOf(protocol));
    this.#open.add(connection);
    this.#bySocket.set(socket.name, connection);
    connection.settle();
    if (protocol.name === 'convex') this.#parts.keepAlive();
    return connection;
  }

  /** Tells a client that it cannot be let in. */
  refuse(socket: Socket, protocol: Protocol, error: WireError): void {
    new Connection(socket, this.#voiceOf(protocol)).fail(error);
  }

  /** Goes on with a socket that outlived our sleep. Null: something was lost, and the socket is closed so that its client resumes. */
  wake({ socket, memory }: FoundSocket): Connection | null {
    const awake = this.#bySocket.get(socket.name);
    if (awake !== undefined) return awake;
    if (memory === null || !memory.isSettled) {
      socket.close(restartCode, 'restarted');
      return null;
    }
    const { protocol, session } = memory;
    if (session === null) return this.open(socket, protocol);
    const connection = Connection.restored(audienceOf(socket, protocol), this.#voiceOf(protocol, memory), session);
    this.#open.add(connection);
    this.#bySocket.set(socket.name, connection);
    this.#bySession.set(session, connection);
    const known = this.#parts.sessions.callerOf(session);
    if (known !== null) connection.become(createCaller(known.identity, 'public'), known.expiresAt, true);
    this.#resting.came();
    return connection;
  }

  /** Never throws: a client that breaks the rules is told so, and its connection ends. */
  receive(connection: Connection, frame: string | ArrayBuffer): void {
    if (connection.state === 'closed') return;
    try {
      this.#handle(connection, frame);
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
        this.touch(subscription.connection);
      }
    }
    if (this.#touched.length > 0) this.#flush();
    queries.trim();
  }

  actionFinished(session: string, id: number, outcome: Outcome): void {
    const connection = this.#find(session);
    if (connection === null) return;
    connection.actionsUnderWay = Math.max(0, connection.actionsUnderWay - 1);
    if (!this.isOver(connection)) connection.finishAction(id, outcome);
  }

  replace(session: string): void {
    const before = this.#find(session);
    if (before !== null) this.fail(before, replaced);
  }

  enter(connection: Connection): void {
    this.#bySession.set(connection.session, connection);
  }

  touch(connection: Connection): void {
    if (connection.isTouched) return;
    connection.isTouched = true;
    this.#touched.push(connection);
  }

  saveSoon(connection: Connection): void {
    if (connection.isSaveDue) return;
    connection.isSaveDue = true;
    this.#parts.record.disturbed();
    // The object does not sleep while a timer waits.
    if (this.#unsaved.length === 0) this.#parts.timer.after(saveDelay, () => this.save());
    this.#unsaved.push(connection);
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

  /** Ends a connection with these words. */
  end(connection: Connection, goodbye: Goodbye): void {
    connection.end(goodbye);
    this.#end(connection);
  }

  /** Ends a subscription that is not in memory. Returns false if there is none. */
  unwatchResting(connection: Connection, id: number): boolean {
    return this.#resting.unwatch(connection, id);
  }

  /** Watches anew, as the one who is connected. */
  rehome(subscription: ClientSubscription): void {
    const { connection, path, args } = subscription;
    connection.resave(subscription);
    this.saveSoon(connection);
    subscription.query = this.#parts.queries.watch(this.#requests.callOf(connection, path, args), subscription);
    connection.rehomed(subscription);
    this.touch(connection);
  }

  become(connection: Connection, caller: Caller, expiresAt: number): void {
    const { identityKey } = connection.caller;
    connection.become(caller, expiresAt);
    this.touch(connection);
    this.saveSoon(connection);
    if (caller.identityKey === identityKey) return;
    this.#resting.bringQueriesOf(connection);
    for (const subscription of connection.subscriptions.values()) {
      const { query } = subscription;
      if (query === null) continue;
      this.rehome(subscription);
      if (subscription.query !== query) this.#parts.queries.unwatch(query, subscription);
    }
  }

  isOver(connection: Connection): boolean {
    const { voice } = connection;
    if (voice.protocol === 'convex') return this.#convexRequests.isOver(connection, voice);
    if (connection.state !== 'open' || connection.expiresAt > this.#parts.now()) return false;
    this.fail(connection, expired);
    return true;
  }

  /** Says something to all who would go if they heard nothing. Returns whether there are any. */
  keepAlive(): boolean {
    let isAnybody = false;
    this.#resting.bringConvex();
    for (const connection of this.#open) {
      if (connection.voice.protocol !== 'convex') continue;
      connection.say(pingFrame);
      isAnybody = true;
    }
    return isAnybody;
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
      if (connection.isAtRest) this.#restless.delete(connection);
      else this.#restless.add(connection);
    }
    this.#parts.onSaved();
  }

  /** The connection that has this session. */
  #find(session: string): Connection | null {
    return this.#bySession.get(session) ?? this.#resting.find(session);
  }

  #handle(connection: Connection, frame: string | ArrayBuffer): void {
    const { voice } = connection;
    if (this.#introductions.hold(connection, frame)) return;
    switch (voice.protocol) {
      case 'betterbase':
        return this.#requests.handle(connection, voice, parseClientMessage(frame));
      case 'convex':
        return this.#convexRequests.handle(connection, voice, parseConvexMessage(frame));
      default:
        voice satisfies never;
    }
  }

  #voiceOf(protocol: Protocol, told?: SocketMemory): Voice {
    switch (protocol.name) {
      case 'betterbase':
        return new OwnVoice(this.#frames, told);
      case 'convex':
        return new ConvexVoice({ answers: this.#convexAnswers, protocol, version: this.#parts.version }, told?.at);
      default:
        return protocol satisfies never;
    }
  }

  #flush(): void {
    const touched = this.#touched;
    this.#touched = [];
    const time = this.#parts.now();
    for (const connection of touched) {
      connection.isTouched = false;
      if (this.isOver(connection)) continue;
      const said = connection.flush(time, this.#revive);
      if (said === 'too-slow') this.fail(connection, tooSlow);
      else if (said !== 'nothing' || this.#restless.has(connection)) this.saveSoon(connection);
    }
    this.#frames.clear();
  }

  #saveToDisk(connections: readonly Connection[]): void {
    const { sessions, record, queries } = this.#parts;
    sessions.together(() => {
      record.numbered(queries.lastNumber);
      for (const connection of connections) {
        const { added, removed } = connection.unsaved();
        // The canonical path, so that it can be read before the app is.
        const rows = added.map(({ id, path, args, journal, query, caller }) => ({
          id,
          path: query?.call.path ?? path,
          args,
          journal,
          query: query?.number ?? null,
          isOwn: query?.caller.identityKey === caller.identityKey,
        }));
        sessions.save(connection.session, rows, removed);
        if (!connection.isCallerSaved) sessions.saveCaller(connection.session, knownCallerOf(connection));
        this.#convexRequests.save(connection);
      }
    });
    for (const connection of connections) {
      this.#convexRequests.forget(connection);
      connection.saved();
    }
  }

  #end(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.#bySocket.delete(connection.name);
    this.#restless.delete(connection);
    this.#resting.leave(connection);
    for (const subscription of connection.subscriptions.values()) {
      if (subscription.query !== null) this.#parts.queries.unwatch(subscription.query, subscription);
    }
    connection.subscriptions.clear();
    if (this.#bySession.get(connection.session) !== connection) return;
    this.#bySession.delete(connection.session);
    this.#convexRequests.save(connection);
    this.#parts.sessions.leave(connection.session, this.#parts.now());
  }

  readonly #revive = ({ query }: ClientSubscription): void => {
    if (query !== null) this.#parts.queries.revive(query);
  };
}

function knownCallerOf({ caller: { identity }, expiresAt }: Connection): KnownCaller | null {
  return identity === null ? null : { identity, expiresAt };
}

/** The client's end of the socket: some want long frames in parts. */
function audienceOf(socket: Socket, protocol: Protocol): Socket {
  return protocol.name === 'convex' && protocol.takesChunks ? new ChunkingSocket(socket) : socket;
}
