/**
 * Carries out what the conversation decides: sends, tells watchers, settles promises.
 *
 * Holds: the socket's connection, the conversation, who listens, which calls are waited for.
 * Always true: watchers have seen a mutation's effect before its promise resolves.
 */
import { BetterBaseError, type EncodedValue, type Value } from '@betterbase/core';
import { type ClientMessage, maxFrameBytes } from '@betterbase/protocol';
import { type ConnectionState, isSameState } from './connection-state.ts';
import { isBetterBaseError } from './errors/is-betterbase-error.ts';
import { toError } from './errors/to-error.ts';
import type { Guard, Guarded } from './guard.ts';
import type { ClientSettings } from './options.ts';
import { createPendingCall, type PendingCall } from './pending-call.ts';
import type { Platform, Stop } from './platform/platform.ts';
import { Connection } from './socket/connection.ts';
import { parseServerMessage } from './socket/parse-server-message.ts';
import { type Change, Conversation } from './sync/conversation.ts';
import type { Layer } from './sync/optimistic-layers.ts';
import type { CallError } from './sync/outcome.ts';
import type { QueryCall } from './sync/query-call.ts';
import type { QueryState } from './sync/query-state.ts';
import { type Listener, Watchers } from './watchers.ts';

/** How long to leave a server alone that has said it cannot serve now, in ms, on top of the usual pause. */
const refusedPause = 1000;

export class Link implements Guarded {
  guard: Guard | null = null;
  readonly #platform: Platform;
  readonly #conversation: Conversation<PendingCall>;
  readonly #connection: Connection | null;
  readonly #watchers: Watchers;
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  readonly #pending = new Set<PendingCall>();
  #refreshes: { readonly key: string; readonly done: () => void }[] = [];
  #isFlushDue = false;
  /** The socket is open, and nothing has been said on it. */
  #isSilent = false;
  /** Whom the server has accepted, until the guard is told; 0: nobody new. */
  #identity = 0;
  #connections = 0;
  #end: { readonly phase: 'stopped' | 'closed'; readonly error: CallError } | null = null;
  #state: ConnectionState;

  constructor({ socketUrl, name, linger, platform }: ClientSettings) {
    this.#platform = platform;
    this.#conversation = new Conversation(name);
    this.#watchers = new Watchers({
      linger,
      platform,
      wanted: (call) => {
        this.#conversation.watch(call);
        this.#speak();
      },
      unwanted: (key) => {
        this.#carryOut(this.#conversation.unwatch(key));
        this.#speak();
      },
    });
    const { WebSocket } = platform;
    const events = {
      opened: (): void => {
        this.#isSilent = true;
        this.#greet();
      },
      heard: (data: unknown): void => this.#hear(data),
      lost: (): void => {
        this.#isSilent = false;
        this.#identity = 0;
        this.#carryOut(this.#conversation.lost());
        this.guard?.lost();
      },
      phaseChanged: (): void => this.#refreshState(),
    };
    this.#connection = WebSocket === null ? null : new Connection({ url: socketUrl, WebSocket, platform, events });
    this.#state = this.#readState();
    if (WebSocket === null) {
      this.#finish(
        'stopped',
        new BetterBaseError('connection/no-socket', 'Queries cannot be watched here: there is no WebSocket.', {
          hint: 'Use query(), or Node 22 or newer, or hand in `platform: { WebSocket }`.',
        }),
      );
    }
  }

  get connectionState(): ConnectionState {
    return this.#state;
  }

  onConnectionState(listener: (state: ConnectionState) => void): Stop {
    const entry = (state: ConnectionState): void => listener(state);
    this.#stateListeners.add(entry);
    return () => this.#stateListeners.delete(entry);
  }

  state(key: string): QueryState {
    return this.#conversation.state(key);
  }

  watch(call: QueryCall, listener: Listener): Stop {
    return this.#watchers.add(call, listener);
  }

  /** Resolves when the server has answered the query again. */
  async refresh(call: QueryCall): Promise<void> {
    const release = this.#watchers.add(call, () => {});
    if (this.#end === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#refreshes.push({ key: call.key, done: resolve });
      this.#conversation.refresh(call.key);
      this.#connection?.hurry();
      this.#speak();
      await promise;
    }
    release();
  }

  /** @throws whatever the optimistic update throws; then nothing is sent. */
  async mutation(path: string, args: EncodedValue, update: Layer | undefined): Promise<Value> {
    const call = this.#createCall(path, args);
    this.#carryOut(this.#conversation.mutate(call, update));
    return await this.#await(call);
  }

  async action(path: string, args: EncodedValue): Promise<Value> {
    const call = this.#createCall(path, args);
    this.#conversation.act(call);
    return await this.#await(call);
  }

  get hasBegun(): boolean {
    return this.#conversation.hasBegun;
  }

  say(message: ClientMessage): void {
    if (this.hasBegun) this.#say(message);
  }

  release(): void {
    this.#greet();
    this.#connection?.hurry();
    this.#speak();
  }

  forgetSession(): void {
    this.#carryOut(this.#conversation.forgetSession());
  }

  leave(): void {
    this.#carryOut(this.#conversation.leave());
  }

  withdraw(): void {
    this.#carryOut(this.#conversation.withdraw());
  }

  close(): void {
    this.#watchers.clear();
    this.#finish(
      'closed',
      new BetterBaseError('connection/closed', 'The client was closed.', { hint: 'Create another with createClient().' }),
    );
  }

  #createCall(path: string, args: EncodedValue): PendingCall {
    if (this.#end !== null) throw this.#end.error;
    return createPendingCall(path, args, this.#platform.now());
  }

  #await(call: PendingCall): Promise<Value> {
    this.#pending.add(call);
    this.#refreshState();
    this.#speak();
    return call.promise;
  }

  /** What is wished for in one go is said in one go. */
  #speak(): void {
    if (this.#end !== null || this.guard?.isHolding) return;
    this.#connection?.open();
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.guard?.isHolding) return;
    for (const message of this.#conversation.flush()) this.#say(message);
  }

  /** Not before everything shown is what the server says to the one it has accepted. */
  #confirm(): void {
    const identity = this.#identity;
    if (identity === 0 || this.#conversation.isCatchingUp) return;
    this.#identity = 0;
    this.guard?.accepted(identity);
  }

  #greet(): void {
    if (!this.#isSilent || this.guard?.isHolding) return;
    this.#isSilent = false;
    this.#conversation.open(this.guard?.introduction).forEach((message) => this.#say(message));
  }

  #say(message: ClientMessage): void {
    const text = JSON.stringify(message);
    if (message.type === 'watch' && message.add.length > 1 && text.length * 3 > maxFrameBytes) {
      const half = message.add.length >> 1;
      this.#say({ type: 'watch', add: message.add.slice(0, half), remove: message.remove });
      this.#say({ type: 'watch', add: message.add.slice(half), remove: [] });
    } else {
      this.#connection?.send(text);
    }
  }

  #hear(data: unknown): void {
    let change: Change<PendingCall>;
    try {
      const message = parseServerMessage(data);
      if (message.type === 'fatal') return this.#refused(toError(message.error), message.retry === 'never');
      change = this.#conversation.receive(message, String(data).length);
      if (message.type === 'connected') this.#greeted();
      if (message.type === 'transition') this.#identity = message.identity ?? this.#identity;
    } catch (error) {
      // Loud, because it is a mistake of ours or theirs; a new connection repairs it.
      this.#platform.report(error);
      if (isBetterBaseError(error) && error.code === 'protocol/version-unsupported') this.#finish('stopped', error);
      else this.#connection?.drop(refusedPause);
      return;
    }
    this.#carryOut(change);
    this.#confirm();
    this.#flush();
  }

  #greeted(): void {
    this.#connections += 1;
    this.#connection?.established();
  }

  /** The server ends the connection and says why. */
  #refused(error: CallError, isForGood: boolean): void {
    const code = isBetterBaseError(error) ? error.code : 'internal/unexpected';
    const isSessionOver = code === 'session/expired' || code === 'session/replaced';
    if (this.guard?.refused(error, isForGood)) return this.#connection?.drop();
    if (isSessionOver) this.#carryOut(this.#conversation.forgetSession());
    else if (isForGood && isBetterBaseError(error)) return this.#finish('stopped', error);
    this.#platform.report(error);
    this.#connection?.drop(refusedPause);
  }

  #finish(phase: 'stopped' | 'closed', error: BetterBaseError): void {
    if (this.#end?.phase === 'closed') return;
    this.#end = { phase, error };
    this.#connection?.close();
    this.guard?.closed();
    this.#carryOut(this.#conversation.fail(error));
  }

  #carryOut({ changed, settled, refreshed, thrown }: Change<PendingCall>): void {
    for (const error of thrown) this.#platform.report(error);
    this.#watchers.notify(changed);
    const done = this.#refreshes.filter(({ key }) => refreshed.includes(key));
    if (done.length > 0) this.#refreshes = this.#refreshes.filter((refresh) => !done.includes(refresh));
    for (const refresh of done) refresh.done();
    for (const { call, outcome } of settled) {
      this.#pending.delete(call);
      call.settle(outcome);
    }
    this.#refreshState();
  }

  #refreshState(): void {
    const state = this.#readState();
    if (isSameState(state, this.#state)) return;
    this.#state = state;
    for (const listener of Array.from(this.#stateListeners)) {
      try {
        listener(state);
      } catch (error) {
        this.#platform.report(error);
      }
    }
  }

  #readState(): ConnectionState {
    const phase = this.#end?.phase ?? this.#connection?.phase ?? 'idle';
    const [oldest] = this.#pending;
    return {
      phase,
      isConnected: phase === 'connected',
      hasEverConnected: this.#connections > 0,
      connections: this.#connections,
      retries: this.#connection?.failures ?? 0,
      mutationsInFlight: this.#conversation.mutationsUnderWay,
      actionsInFlight: this.#conversation.actionsUnderWay,
      oldestCallAt: oldest?.since ?? null,
      error: this.#end?.error ?? null,
    };
  }
}
