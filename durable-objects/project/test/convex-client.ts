import { decodeTimestamp, encodeTimestamp } from '@betterbase/protocol';
import type { FakeSocket } from './fake-socket.ts';
import type { ProjectBench } from './project-bench.ts';

export interface ConvexVersion {
  readonly querySet: number;
  readonly identity: number;
  readonly ts: string;
}

export type ConvexChange =
  | { readonly type: 'QueryUpdated'; readonly queryId: number; readonly value: unknown; readonly journal: string | null }
  | {
      readonly type: 'QueryFailed';
      readonly queryId: number;
      readonly errorMessage: string;
      readonly errorData?: unknown;
      readonly journal: string | null;
    }
  | { readonly type: 'QueryRemoved'; readonly queryId: number };

export type ConvexHeard =
  | {
      readonly type: 'Transition';
      readonly startVersion: ConvexVersion;
      readonly endVersion: ConvexVersion;
      readonly modifications: readonly ConvexChange[];
    }
  | {
      readonly type: 'MutationResponse';
      readonly requestId: number;
      readonly success: boolean;
      readonly result: unknown;
      readonly ts?: string;
    }
  | { readonly type: 'ActionResponse'; readonly requestId: number; readonly success: boolean; readonly result: unknown }
  | { readonly type: 'AuthError'; readonly error: string; readonly baseVersion: number; readonly authUpdateAttempted: boolean }
  | { readonly type: 'FatalError'; readonly error: string }
  | { readonly type: 'Ping' };

const start: ConvexVersion = { querySet: 0, identity: 0, ts: encodeTimestamp(0) };

/** One connection as a Convex client has it: what it says counts versions, and what it hears is checked as that client does. */
export class ConvexConnection {
  readonly socket: FakeSocket;
  readonly #bench: ProjectBench;
  /** What it was told last. */
  readonly shown = new Map<number, ConvexChange>();
  readonly #wanted = new Map<number, number>();
  version = start;
  #querySet = 0;
  #identity = 0;
  #read = 0;

  constructor(bench: ProjectBench) {
    this.#bench = bench;
    this.socket = bench.socket({ name: 'convex', takesChunks: true });
  }

  get isOver(): boolean {
    return this.socket.closedWith !== null || this.socket.connection === null;
  }

  say(message: object): void {
    this.#bench.say(this.socket, JSON.stringify(message));
  }

  connect(sessionId: string, observed = 0): void {
    const maxObservedTimestamp = observed === 0 ? {} : { maxObservedTimestamp: encodeTimestamp(observed) };
    this.say({ type: 'Connect', sessionId, connectionCount: 0, lastCloseReason: 'InitialConnect', clientTs: 0, ...maxObservedTimestamp });
  }

  modify(modifications: readonly ({ readonly type: 'Add' | 'Remove'; readonly queryId: number } & Record<string, unknown>)[]): void {
    for (const { type, queryId } of modifications) {
      if (type === 'Add') this.#wanted.set(queryId, this.#querySet + 1);
      else this.#wanted.delete(queryId);
    }
    this.say({ type: 'ModifyQuerySet', baseVersion: this.#querySet, newVersion: ++this.#querySet, modifications });
  }

  watch(queryId: number, udfPath: string, args: object, journal: string | null = null): void {
    this.modify([{ type: 'Add', queryId, udfPath, args: [args], journal }]);
  }

  unwatch(queryId: number): void {
    this.modify([{ type: 'Remove', queryId }]);
  }

  mutate(requestId: number, udfPath: string, args: object): void {
    this.say({ type: 'Mutation', requestId, udfPath, args: [args] });
  }

  /** Null: nobody. */
  authenticate(token: string | null): void {
    const baseVersion = this.#identity++;
    this.say({ type: 'Authenticate', baseVersion, ...(token === null ? { tokenType: 'None' } : { tokenType: 'User', value: token }) });
  }

  /** What was said since this was last asked. @throws when a Convex client would. */
  heard(): ConvexHeard[] {
    const messages: ConvexHeard[] = [];
    let chunks = '';
    for (const frame of this.socket.frames.slice(this.#read)) {
      const message = JSON.parse(frame) as
        | ConvexHeard
        | { readonly type: 'TransitionChunk'; readonly chunk: string; readonly partNumber: number; readonly totalParts: number };
      if (message.type !== 'TransitionChunk') messages.push(message);
      else {
        chunks += message.chunk;
        if (message.partNumber + 1 === message.totalParts) messages.push(JSON.parse(chunks) as ConvexHeard);
      }
    }
    this.#read = this.socket.frames.length;
    for (const message of messages) if (message.type === 'Transition') this.#apply(message);
    return messages;
  }

  transitions(): Extract<ConvexHeard, { type: 'Transition' }>[] {
    return this.heard().filter((message) => message.type === 'Transition');
  }

  #apply({ startVersion, endVersion, modifications }: Extract<ConvexHeard, { type: 'Transition' }>): void {
    if (JSON.stringify(startVersion) !== JSON.stringify(this.version))
      throw new Error(`A transition starts at ${JSON.stringify(startVersion)}, but the client is at ${JSON.stringify(this.version)}.`);
    if (timeOf(endVersion) < timeOf(startVersion)) throw new Error('Time goes backwards.');
    this.version = endVersion;
    for (const change of modifications) {
      if (change.type === 'QueryRemoved') this.shown.delete(change.queryId);
      else this.shown.set(change.queryId, change);
    }
    for (const [id, since] of this.#wanted)
      if (since <= endVersion.querySet && !this.shown.has(id))
        throw new Error(`Query ${id} has no answer at query set ${endVersion.querySet}.`);
  }
}

export function timeOf({ ts }: { readonly ts: string }): number {
  const time = decodeTimestamp(ts);
  if (time === null) throw new Error(`${ts} is no timestamp.`);
  return time;
}

/** A session id as Convex's clients choose them, the same for the same number. */
export function sessionId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
