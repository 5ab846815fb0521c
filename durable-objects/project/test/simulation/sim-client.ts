import { type EncodedValue, encodeValue } from '@betterbase/core';
import type { ServerMessage } from '@betterbase/protocol';
import type { HistoryRecorder, Step } from '@betterbase/testing/history';
import type { FakeSocket } from '../fake-socket.ts';
import type { Plan, WatchKind } from './moves.ts';
import { appends, outcomeOf, type PlannedCall, planCall, type Plans, readsAndAppends } from './outcomes.ts';
import { accounts, openingBalance } from './sim-app.ts';
import type { World } from './world.ts';

/** One query that it keeps fresh, and what it was last told. */
export interface Watch {
  readonly kind: WatchKind;
  readonly list: string;
  readonly path: string;
  readonly args: { readonly [name: string]: EncodedValue };
  hash: string | null;
  journal: string | null;
  /** JSON text: `value` and the value, or `error` and its code. */
  told: string;
  value: unknown;
  /** It was answered on this connection. */
  isFresh: boolean;
}

interface Sent {
  readonly id: number;
  readonly call: PlannedCall;
  readonly operation: number;
  /** JSON text of the outcome that was told first. */
  outcome: string | null;
}

const expectedEnds = new Set(['engine/unavailable', 'session/too-slow', 'limit/overloaded']);

export interface SimClientParts {
  readonly world: World;
  readonly recorder: HistoryRecorder;
  readonly plans: Plans;
  readonly name: string;
  /** After a reconnect it sends again what it may, and not only what it must. */
  readonly sendsAllAgain: boolean;
}

/**
 * A client that speaks frames: it goes on with its session, sends again what was not answered (and, as a raw client may, what
 * was), and writes down what it sees.
 */
export class SimClient {
  readonly name: string;
  readonly watches = new Map<number, Watch>();
  readonly #world: World;
  readonly #recorder: HistoryRecorder;
  readonly #plans: Plans;
  readonly #sendsAllAgain: boolean;
  /** A session may have expired by now. */
  mayHaveExpired = false;
  #socket: FakeSocket | null = null;
  #session: string | null = null;
  #sent: Sent[] = [];
  #nextId = 1;
  #nextWatch = 1;
  #nextAction = 1;
  /** Actions that were sent in this session and have not ended. */
  readonly #acting = new Set<number>();
  #marks = 0;
  #applied = 0;
  #acknowledged = 0;
  /** Up to here the server may have forgotten outcomes. */
  #forgotten = 0;
  #lastCall: number | null = null;
  #lastSeen: number | null = null;
  #highestCount = 0;

  constructor(parts: SimClientParts) {
    this.#world = parts.world;
    this.#recorder = parts.recorder;
    this.#plans = parts.plans;
    this.name = parts.name;
    this.#sendsAllAgain = parts.sendsAllAgain;
  }

  /** Every wish and every call has been answered. */
  get isIdle(): boolean {
    return this.#sent.every(({ outcome }) => outcome !== null) && [...this.watches.values()].every(({ isFresh }) => isFresh);
  }

  watch(kind: WatchKind, list: string): void {
    const id = this.#nextWatch++;
    const { path, args } = watchCall(kind, list);
    this.watches.set(id, { kind, list, path, args, hash: null, journal: null, told: '', value: null, isFresh: false });
    this.#say({ type: 'watch', add: [{ id, path, args }], remove: [] });
  }

  unwatch(): void {
    const [id] = this.watches.keys();
    if (id === undefined) return;
    this.watches.delete(id);
    this.#say({ type: 'watch', add: [], remove: [id] });
  }

  mutate(plan: Plan): void {
    const id = this.#nextId++;
    this.#marks += 1;
    const call = planCall(plan, `${this.name}.${this.#marks}`);
    this.#plans.set(call.mark, plan);
    const operation = this.#recorder.add({
      name: `${call.path} of ${call.mark}`,
      invoked: this.#recorder.tick(),
      returned: null,
      outcome: 'unknown',
      after: this.#lastCall === null ? [] : [this.#lastCall],
      steps: appends(call),
    });
    this.#lastCall = operation;
    this.#sent.push({ id, call, operation, outcome: null });
    this.#send(id, call);
  }

  act(): void {
    this.#marks += 1;
    this.#acting.add(this.#nextAction);
    this.#say({ type: 'action', id: this.#nextAction++, path: 'sim:work', args: { mark: `${this.name}.act${this.#marks}` } });
  }

  hangUp(): void {
    if (this.#socket !== null) this.#world.hangUp(this.#socket);
    this.#socket = null;
  }

  /** Takes in what was said, and connects again if the connection is gone. */
  listen(): void {
    const socket = this.#socket;
    if (socket !== null) {
      for (const message of socket.heard()) this.#take(message);
      if (!this.#world.isOpen(socket)) this.#socket = null;
      else if (this.#applied - this.#acknowledged >= 16) this.#acknowledge(socket);
    }
    if (this.#socket === null) this.#connect();
  }

  #acknowledge(socket: FakeSocket): void {
    this.#acknowledged = this.#applied;
    const open = this.#sent.find(({ outcome }) => outcome === null);
    const finished = open === undefined ? this.#nextId - 1 : open.id - 1;
    this.#forgotten = Math.max(this.#forgotten, finished);
    this.#world.say(socket, { type: 'acknowledge', version: this.#applied, finished });
  }

  #connect(): void {
    const socket = this.#world.connect(this.#session);
    this.#socket = socket;
    this.#applied = 0;
    this.#acknowledged = 0;
    for (const watch of this.watches.values()) watch.isFresh = false;
    const [first, ...rest] = socket.heard();
    if (first?.type !== 'connected' || rest.length > 0) throw new Error(`${this.name} heard ${first?.type} first.`);
    if (this.#session !== null && !first.resumed) this.#forgetSession();
    this.#session = first.session;
    const add = [...this.watches].map(([id, { path, args, hash, journal }]) => ({
      id,
      path,
      args,
      ...(hash === null ? {} : { hash }),
      ...(journal === null ? {} : { journal }),
    }));
    if (add.length > 0) this.#say({ type: 'watch', add, remove: [] });
    for (const { id, call, outcome } of this.#sent) {
      if (outcome === null || (this.#sendsAllAgain && id > this.#forgotten)) this.#send(id, call);
    }
  }

  /** It has expired: what was not answered has an unknown outcome, and must not be sent again. */
  #forgetSession(): void {
    if (!this.mayHaveExpired) throw new Error(`${this.name}: the session was not resumed.`);
    this.#sent = [];
    this.#acting.clear();
    this.#nextId = 1;
    this.#forgotten = 0;
  }

  #send(id: number, { path, args }: PlannedCall): void {
    this.#say({ type: 'mutation', id, path, args: encodeValue(args) });
  }

  /** Nobody hears it while the connection is gone, whether or not this client has noticed. */
  #say(message: Parameters<World['say']>[1]): void {
    if (this.#socket !== null) this.#world.say(this.#socket, message);
  }

  #take(message: ServerMessage): void {
    if (message.type === 'fatal' && !expectedEnds.has(message.error.code))
      throw new Error(`${this.name}: ${message.error.code} ${message.error.message}`);
    if (message.type === 'action-finished' && !this.#acting.delete(message.id))
      throw new Error(`${this.name}: action ${message.id} has ended, and was not under way.`);
    if (message.type !== 'transition') return;
    this.#applied = message.to;
    for (const change of message.changes) this.#change(change);
    const after = message.finished.flatMap((finished) => this.#finish(finished));
    this.#see(after);
  }

  #change(change: Extract<ServerMessage, { type: 'transition' }>['changes'][number]): void {
    const watch = this.watches.get(change.id);
    if (watch === undefined) return;
    watch.isFresh = true;
    if ('same' in change) return;
    const { journal = watch.journal } = change;
    if (watch.journal !== null && watch.kind !== 'page') throw new Error(`${this.name}: ${watch.path} has pages.`);
    watch.hash = change.hash;
    watch.journal = journal;
    watch.value = 'error' in change ? null : change.value;
    watch.told = 'error' in change ? `error ${change.error.code}` : `value ${JSON.stringify(change.value)}`;
  }

  /** @returns the operation, if this is its first outcome. */
  #finish(finished: Extract<ServerMessage, { type: 'transition' }>['finished'][number]): readonly number[] {
    const sent = this.#sent.find(({ id }) => id === finished.id);
    if (sent === undefined) throw new Error(`${this.name}: mutation ${finished.id} has an outcome, and was not sent.`);
    const outcome = JSON.stringify('error' in finished ? finished.error.code : finished.value);
    if (sent.outcome !== null) {
      if (sent.outcome === outcome) return [];
      throw new Error(`${this.name}: ${sent.call.mark} had the outcome ${sent.outcome}, and now ${outcome}.`);
    }
    if (this.#sent.some((each) => each.id < finished.id && each.outcome === null))
      throw new Error(`${this.name}: mutation ${finished.id} has an outcome before one that was sent earlier.`);
    sent.outcome = outcome;
    const isDone = !('error' in finished);
    this.#recorder.amend(sent.operation, {
      returned: this.#recorder.tick(),
      outcome: outcomeOf(isDone ? null : finished.error),
      ...(isDone ? { steps: readsAndAppends(sent.call, finished.value) } : {}),
    });
    return [sent.operation];
  }

  #count(balances: { readonly [name: string]: number }): void {
    const sum = accounts.reduce((total, name) => total + (balances[name] ?? openingBalance), 0);
    if (sum !== accounts.length * openingBalance) throw new Error(`${this.name} sees accounts with ${sum} together.`);
  }

  /** All that it sees is as of one version, no older than what it saw before, and has what was just acknowledged. */
  #see(finished: readonly number[]): void {
    const steps: Step[] = [];
    const counts = new Set<number>();
    for (const { kind, list, value, isFresh, told } of this.watches.values()) {
      if (!isFresh || !told.startsWith('value')) continue;
      if (kind === 'balances') this.#count(value as { readonly [name: string]: number });
      if (kind === 'list') steps.push({ do: 'read', list, marks: value as readonly string[] });
      if (kind !== 'dated') continue;
      const { marks, count } = value as { readonly marks: readonly string[]; readonly count: number };
      steps.push({ do: 'read', list, marks });
      counts.add(count);
    }
    if (counts.size > 1) throw new Error(`${this.name} sees versions with ${[...counts].join(' and ')} entries at once.`);
    const [count = this.#highestCount] = counts;
    if (count < this.#highestCount) throw new Error(`${this.name} saw ${this.#highestCount} entries, and now ${count}.`);
    this.#highestCount = count;
    if (steps.length === 0 && finished.length === 0) return;
    this.#lastSeen = this.#recorder.add({
      name: `what ${this.name} saw at ${this.#recorder.tick()}`,
      invoked: null,
      returned: this.#recorder.tick(),
      outcome: 'done',
      after: [...finished, ...(this.#lastSeen === null ? [] : [this.#lastSeen])],
      steps,
    });
  }
}

function watchCall(kind: WatchKind, list: string): Pick<Watch, 'path' | 'args'> {
  switch (kind) {
    case 'balances':
    case 'edition':
      return { path: `sim:${kind}`, args: {} };
    case 'page':
      return { path: 'sim:page', args: { list, paginationOpts: { numItems: 3, cursor: null } } };
    default:
      return { path: `sim:${kind}`, args: { list } };
  }
}
