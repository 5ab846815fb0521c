import type { ClientMessage, ServerMessage } from '@betterbase/protocol';
import type { FakeSocket } from './fake-socket.ts';
import type { ProjectBench } from './project-bench.ts';

/** A client that behaves: it resumes its session, sends again what was not answered, and checks what it is told. */
export class SimClient {
  readonly name: string;
  readonly #bench: ProjectBench;
  #socket: FakeSocket | null = null;
  #session: string | null = null;
  #nextSubscription = 1;
  #nextMutation = 1;
  #applied = 0;
  #acknowledged = 0;
  /** What it watches, and the last answer. */
  readonly watching = new Map<
    number,
    { readonly cell: string; readonly path: string; value: unknown; hash: string | null; journal: string | null }
  >();
  readonly #pending = new Map<number, { readonly cell: string; readonly by: number }>();
  readonly outcomes: { readonly id: number; readonly isDone: boolean }[] = [];

  constructor(bench: ProjectBench, name: string) {
    this.#bench = bench;
    this.name = name;
  }

  get session(): string | null {
    return this.#session;
  }

  get sent(): number {
    return this.#nextMutation - 1;
  }

  get isIdle(): boolean {
    return this.#pending.size === 0 && [...this.watching.values()].every(({ hash }) => hash !== null);
  }

  /** `cells:get`, or `cells:page`: then its page must keep the end that it was first told. */
  watch(cell: string, path: 'cells:get' | 'cells:page'): void {
    const id = this.#nextSubscription++;
    this.watching.set(id, { cell, path, value: undefined, hash: null, journal: null });
    this.#say({ type: 'watch', add: [{ id, path, args: { cell } }], remove: [] });
  }

  unwatch(): void {
    const [id] = this.watching.keys();
    if (id === undefined) return;
    this.watching.delete(id);
    this.#say({ type: 'watch', add: [], remove: [id] });
  }

  add(cell: string, by: number): void {
    const id = this.#nextMutation++;
    this.#pending.set(id, { cell, by });
    this.#say({ type: 'mutation', id, path: 'cells:add', args: { cell, by } });
  }

  hangUp(): void {
    if (this.#socket === null) return;
    this.#bench.hangUp(this.#socket);
    this.#socket = null;
  }

  /** Takes in what was said, and connects again if the connection is gone. */
  step(): void {
    const socket = this.#socket;
    if (socket !== null) {
      for (const message of socket.heard()) this.#take(message);
      if (socket.closedWith !== null || socket.connection === null) this.#socket = null;
      else if (this.#applied - this.#acknowledged >= 16) {
        this.#acknowledged = this.#applied;
        this.#bench.say(socket, { type: 'acknowledge', version: this.#applied, finished: 0 });
      }
    }
    if (this.#socket === null) this.#connect();
  }

  #connect(): void {
    const socket = this.#bench.connect(this.#session);
    this.#socket = socket;
    this.#applied = 0;
    this.#acknowledged = 0;
    for (const message of socket.heard()) {
      if (message.type !== 'connected') throw new Error(`${this.name} heard ${message.type} first.`);
      if (this.#session !== null && !message.resumed) throw new Error(`${this.name}: the session was not resumed.`);
      this.#session = message.session;
    }
    const add = [...this.watching].map(([id, { cell, path, hash, journal }]) => ({
      id,
      path,
      args: { cell },
      ...(hash === null ? {} : { hash }),
      ...(journal === null ? {} : { journal }),
    }));
    if (add.length > 0) this.#say({ type: 'watch', add, remove: [] });
    for (const [id, { cell, by }] of this.#pending) this.#say({ type: 'mutation', id, path: 'cells:add', args: { cell, by } });
  }

  /** Says nothing while the connection is gone, whether or not this client has noticed. */
  #say(message: ClientMessage): void {
    if (this.#socket?.connection != null && this.#socket.closedWith === null) this.#bench.say(this.#socket, message);
  }

  #take(message: ServerMessage): void {
    if (message.type === 'fatal') {
      if (!['engine/unavailable', 'session/too-slow'].includes(message.error.code))
        throw new Error(`${this.name}: ${message.error.code} ${message.error.message}`);
      return;
    }
    if (message.type !== 'transition') return;
    this.#applied = message.to;
    for (const change of message.changes) {
      const wish = this.watching.get(change.id);
      if (wish === undefined || 'same' in change) continue;
      if ('error' in change && change.error.code !== 'function/timed-out') throw new Error(`${this.name}: ${change.error.message}`);
      wish.value = 'error' in change ? change.error.code : (change.value as { value: unknown }).value;
      wish.hash = change.hash;
      const { journal = wish.journal } = change;
      if (wish.journal !== null && journal !== wish.journal)
        throw new Error(`${this.name}: a page that ended as \`${wish.journal}\` now ${journal}.`);
      wish.journal = journal;
    }
    for (const finished of message.finished) {
      if (!this.#pending.delete(finished.id)) continue;
      if ('error' in finished && finished.error.code !== 'function/timed-out')
        throw new Error(`${this.name}: mutation ${finished.id} failed: ${finished.error.message}`);
      this.outcomes.push({ id: finished.id, isDone: !('error' in finished) });
    }
  }
}
