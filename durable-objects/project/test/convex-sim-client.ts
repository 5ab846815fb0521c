import { type ConvexChange, ConvexConnection, type ConvexHeard, sessionId, timeOf } from './convex-client.ts';
import type { ProjectBench } from './project-bench.ts';

interface Wish {
  readonly cell: string;
  readonly path: 'cells:get' | 'cells:who' | 'cells:page';
  journal: string | null;
}

interface Pending {
  readonly cell: string;
  readonly by: number;
  /** Of its success, which the client has heard of but not seen. */
  ts: number | null;
}

/** Reasons for which a client is sent away when calls to the engine are lost. */
const forgiven = ['InternalServerError', 'restarted', 'session/replaced'];

/** As Convex's client behaves: it connects again with its session, sends all again that it has not seen, and checks what it hears. */
export class ConvexSimClient {
  readonly name: string;
  readonly #bench: ProjectBench;
  readonly #session: string;
  #connection: ConvexConnection | null = null;
  #token: string | null = null;
  #nextQuery = 0;
  #nextRequest = 0;
  #observed = 0;
  readonly #wishes = new Map<number, Wish>();
  readonly #pending = new Map<number, Pending>();
  /** Mutations whose promises have been fulfilled, and those that failed. */
  readonly done: number[] = [];
  readonly failed: number[] = [];
  /** Those of which it is not known any more whether they ran. */
  readonly unknown: number[] = [];

  constructor(bench: ProjectBench, number: number) {
    this.#bench = bench;
    this.name = `client ${number}`;
    this.#session = sessionId(number);
  }

  get session(): string {
    return `convex:${this.#session}`;
  }

  get sent(): number {
    return this.#nextRequest;
  }

  get isIdle(): boolean {
    return this.#pending.size === 0 && this.#connection !== null;
  }

  /** What it watches, and what it was told last. */
  get watching(): readonly (Wish & { readonly shown: ConvexChange | undefined; readonly user: string | null })[] {
    return [...this.#wishes].map(([id, wish]) => ({ ...wish, shown: this.#connection?.shown.get(id), user: this.#token }));
  }

  watch(cell: string, path: Wish['path']): void {
    const id = this.#nextQuery++;
    this.#wishes.set(id, { cell, path, journal: null });
    if (this.#isOpen) this.#connection?.watch(id, path, { cell });
  }

  unwatch(): void {
    const [id] = this.#wishes.keys();
    if (id === undefined) return;
    this.#wishes.delete(id);
    if (this.#isOpen) this.#connection?.unwatch(id);
  }

  add(cell: string, by: number): void {
    const id = this.#nextRequest++;
    this.#pending.set(id, { cell, by, ts: null });
    if (this.#isOpen) this.#connection?.mutate(id, 'cells:add', { cell, by });
  }

  /** As somebody else, or nobody. Not while anything is under way: that would be refused when it is sent again. */
  become(token: string | null): void {
    if (this.#pending.size > 0) return;
    this.#token = token;
    if (this.#isOpen) this.#connection?.authenticate(token);
  }

  hangUp(): void {
    if (this.#connection !== null) this.#bench.hangUp(this.#connection.socket);
    this.#connection = null;
  }

  /** Takes in what was said, and connects again if the connection is gone. */
  step(): void {
    const connection = this.#connection;
    if (connection !== null) {
      for (const message of connection.heard()) this.#take(message, connection);
      const reason = connection.socket.closedWith?.reason;
      if (reason !== undefined && !forgiven.includes(reason)) throw new Error(`${this.name} was sent away: ${reason}`);
      if (connection.isOver) this.#connection = null;
    }
    if (this.#connection === null) this.#connect();
  }

  get #isOpen(): boolean {
    return this.#connection?.isOver === false;
  }

  #connect(): void {
    const connection = new ConvexConnection(this.#bench);
    this.#connection = connection;
    connection.connect(this.#session, this.#observed);
    if (this.#token !== null) connection.authenticate(this.#token);
    connection.modify(
      [...this.#wishes].map(([queryId, { cell, path, journal }]) => ({ type: 'Add', queryId, udfPath: path, args: [{ cell }], journal })),
    );
    for (const [id, { cell, by }] of this.#pending) connection.mutate(id, 'cells:add', { cell, by });
  }

  #take(message: ConvexHeard, connection: ConvexConnection): void {
    switch (message.type) {
      case 'Transition': {
        for (const change of message.modifications) this.#keepJournal(change);
        const now = timeOf(message.endVersion);
        const hasAnswers = message.modifications.some(({ type }) => type !== 'QueryRemoved');
        if (now < this.#observed && hasAnswers) throw new Error(`${this.name} sees time go back.`);
        this.#observed = Math.max(this.#observed, now);
        for (const [id, { ts }] of this.#pending) if (ts !== null && ts <= now) this.#finish(id, this.done);
        return;
      }
      case 'MutationResponse': {
        const pending = this.#pending.get(message.requestId);
        if (pending === undefined) return;
        if (!message.success) return this.#finish(message.requestId, isForgotten(message.result) ? this.unknown : this.failed);
        pending.ts = timeOf({ ts: message.ts ?? '' });
        this.#observed = Math.max(this.#observed, pending.ts);
        return;
      }
      case 'Ping':
        return;
      case 'AuthError':
        if (!message.authUpdateAttempted && connection.isOver) return;
        throw new Error(`${this.name}: ${message.error}`);
      case 'ActionResponse':
      case 'FatalError':
        throw new Error(`${this.name} heard ${JSON.stringify(message)}`);
      default:
        message satisfies never;
    }
  }

  #keepJournal(change: ConvexChange): void {
    const wish = this.#wishes.get(change.queryId);
    if (wish === undefined || change.type !== 'QueryUpdated') return;
    if (wish.journal !== null && wish.journal !== change.journal)
      throw new Error(`${this.name}: a page that ended as \`${wish.journal}\` now ${change.journal}.`);
    wish.journal = change.journal;
  }

  #finish(id: number, list: number[]): void {
    this.#pending.delete(id);
    list.push(id);
  }
}

function isForgotten(failure: unknown): boolean {
  return typeof failure === 'string' && failure.includes('not known any more whether it ran');
}
