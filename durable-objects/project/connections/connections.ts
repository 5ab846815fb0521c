import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { Realtime } from '../project-door.ts';
import { type Caller, createCaller } from '../turns/caller.ts';
import { toWireError } from '../wire-errors.ts';
import { parseClientMessage } from './client-message.ts';
import { ClientRequests, type RequestParts } from './client-requests.ts';
import { type ClientSubscription, Connection } from './connection.ts';
import { pingFrame } from './convex/convex-frames.ts';
import { parseConvexMessage } from './convex/convex-message.ts';
import { type ConvexRequestParts, ConvexRequests, type ConvexRoom } from './convex/convex-requests.ts';
import { type IntroductionParts, Introductions } from './introductions.ts';
import type { Protocol } from './protocol.ts';
import { Resting } from './resting.ts';
import { Saving, type SavingParts } from './saving.ts';
import type { UserName } from './session-store.ts';
import type { FoundSocket, Socket, SocketHolder } from './socket.ts';
import type { Goodbye } from './voice.ts';
import { audienceOf, VoiceChoice } from './voice-choice.ts';

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
    Pick<IntroductionParts, 'verify'>,
    Pick<SavingParts, 'timer' | 'record' | 'onSaved'> {
  readonly sockets: SocketHolder;
  /** The newest version that is known; 0 while none is. */
  readonly version: () => number;
  /** A client is here that must hear something at least every minute. */
  readonly keepAlive: () => void;
}

/**
 * All clients that are connected now.
 *
 * Holds: connections by session, and which of them have something to be told.
 * Does not hold: answers, outcomes; what is to be saved (`Saving`); connections that nothing has happened to since we slept
 * (`Resting`).
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
  readonly #saving: Saving;
  readonly #voices: VoiceChoice;
  #touched: Connection[] = [];

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    const introductions = new Introductions({ ...parts, room: this });
    this.#introductions = introductions;
    this.#requests = new ClientRequests({ ...parts, introductions, room: this });
    this.#convexRequests = new ConvexRequests({ ...parts, introductions, requests: this.#requests, room: this });
    this.#saving = new Saving({ ...parts, resends: this.#convexRequests });
    this.#voices = new VoiceChoice(parts.version);
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
    return this.#saving.isDone && this.#touched.length === 0;
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
    const connection = new Connection(audienceOf(socket, protocol), this.#voices.of(protocol));
    this.#open.add(connection);
    this.#bySocket.set(socket.name, connection);
    connection.settle();
    if (protocol.name === 'convex') this.#parts.keepAlive();
    return connection;
  }

  /** Tells a client that it cannot be let in. */
  refuse(socket: Socket, protocol: Protocol, error: WireError): void {
    new Connection(socket, this.#voices.of(protocol)).fail(error);
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
    const connection = Connection.restored(audienceOf(socket, protocol), this.#voices.of(protocol, memory), session);
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
    this.#saving.soon(connection);
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

  /** What this user has shown is good no more: whoever is connected as them must show something else. */
  expire(user: UserName): void {
    for (const session of this.#parts.sessions.connectedAs(user)) this.#find(session);
    for (const connection of this.#open) {
      const { identity } = connection.caller;
      if (identity?.issuer !== user.issuer || identity.subject !== user.subject) continue;
      connection.expire();
      this.isOver(connection);
    }
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
    this.#saving.now();
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

  #flush(): void {
    const touched = this.#touched;
    this.#touched = [];
    const time = this.#parts.now();
    for (const connection of touched) {
      connection.isTouched = false;
      if (this.isOver(connection)) continue;
      const said = connection.flush(time, this.#revive);
      if (said === 'too-slow') this.fail(connection, tooSlow);
      else if (said !== 'nothing' || this.#saving.isRestless(connection)) this.saveSoon(connection);
    }
    this.#voices.told();
  }

  #end(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.#bySocket.delete(connection.name);
    this.#saving.ended(connection);
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
