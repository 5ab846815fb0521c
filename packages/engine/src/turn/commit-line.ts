import type { DocumentWrite } from '../ports/document-store.ts';
import type { FinishedRun } from '../run/function-runner.ts';
import { isSystemTable } from '../schedule/job-tables.ts';
import type { FinishedMutation } from './finished-mutation.ts';
import type { GuardWanted } from './job-operations.ts';
import type { OperationResult, TurnRequest } from './turn.ts';

/** What one round trip carries at most; databases bound the statements and bytes of a batch. */
const mostMutations = 64;
const mostWrites = 256;
const mostBytes = 512 * 1024;
/** Round trips under way at once. */
const mostUnderWay = 8;

/** A mutation that has run and is not committed. */
export interface Waiting extends FinishedMutation {
  /** The newest `_creationTime` when it had run, and the time by the clock, ms. */
  readonly time: number;
  readonly now: number;
}

/** A turn as it is carried out. */
export interface Turn {
  readonly request: TurnRequest;
  /** So far. Those of mutations that wait are provisional until they are committed. */
  readonly results: OperationResult[];
  /** The live queries that are to run again. */
  readonly touched: Set<number>;
}

/** What came of commits, and how they moved the version. */
export interface Landed {
  readonly results: readonly OperationResult[];
  readonly from: number;
  readonly to: number;
}

/** What the line has done by others. */
export interface LineParts {
  /** The newest version. */
  readonly version: () => number;
  /** Nothing can be said of the store any more. */
  readonly isLost: () => boolean;
  /** Sends all, in one round trip: all or none are committed, and none unless what was sent before is. */
  readonly send: (waiting: readonly Waiting[], turn: Turn) => Promise<{ readonly landing: Promise<Landed> }>;
  /** One, and what becomes of it if it is refused. Nothing is under way. */
  readonly commit: (waiting: Waiting, turn: Turn) => Promise<OperationResult>;
  /** One whose run is not worth anything any more. */
  readonly runAgain: (waiting: Waiting, turn: Turn) => Promise<OperationResult | GuardWanted>;
}

interface Entry {
  readonly turn: Turn;
  /** Its place among the results of its turn. */
  readonly slot: number;
  readonly mutation: Waiting;
}

interface Trip {
  readonly entries: readonly Entry[];
  /** Ends when it is known what became of it. Never rejects. */
  readonly end: Promise<void>;
}

/**
 * Mutations that have run and are not known to be committed: they wait for each other, to go in one round trip, and for those
 * that are under way.
 *
 * Holds: them, in order, and the version they have run on. Does not hold: documents; it commits nothing itself.
 * Always true: none has read what one before it in line writes. So each is what it would be had it run alone, and if one of
 * them is refused the others need not run again.
 */
export class CommitLine {
  readonly #parts: LineParts;
  #trips: Trip[] = [];
  #waiting: Entry[] = [];
  #writes = 0;
  #bytes = 0;
  #version = 0;
  /** Of the trips there are, some have failed, and so have all behind them. */
  #isRefused = false;
  /** One of those that wait runs again; those behind it will, after it. */
  #isRunningAgain = false;
  /** A handler may read several things at once, each of which waits for those in line. */
  #flushing: Promise<GuardWanted | null> | null = null;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#trips.length === 0;
  }

  /** Of some it is not known whether they are committed. */
  get isUnderWay(): boolean {
    return this.#trips.length > 0;
  }

  /** Somebody else has committed since they have run. They must go before anything else runs. */
  get isStale(): boolean {
    return !this.isEmpty && this.#version !== this.#parts.version();
  }

  /** Whether anything of this turn is not known to be committed. */
  holds(turn: Turn): boolean {
    return this.#entries().some((entry) => entry.turn === turn);
  }

  /** Whether a mutation may wait for others. What it schedules must be seen before anything else is scheduled. */
  admits({ writes, bytesWritten }: FinishedRun): boolean {
    return writes.length <= mostWrites && bytesWritten <= mostBytes && !writes.some(({ table }) => isSystemTable(table));
  }

  /** Whether any of those in line writes such a thing. */
  isTouched(isTouching: (write: DocumentWrite) => boolean): boolean {
    return !this.#isRunningAgain && !this.isEmpty && this.#entries().some(({ mutation }) => mutation.run.writes.some(isTouching));
  }

  /** A mutation that it admits takes its place, there and among the results. Returns what `flush` does, if there was no room. */
  async join(mutation: Waiting, turn: Turn, provisional: OperationResult): Promise<GuardWanted | null> {
    const { writes, bytesWritten } = mutation.run;
    const hasRoom =
      this.#waiting.length < mostMutations && this.#writes + writes.length <= mostWrites && this.#bytes + bytesWritten <= mostBytes;
    const guard = hasRoom ? null : await this.#makeRoom();
    if (guard !== null) return guard;
    if (this.isEmpty) this.#version = this.#parts.version();
    this.#waiting.push({ turn, slot: turn.results.length, mutation });
    turn.results.push(provisional);
    this.#writes += writes.length;
    this.#bytes += bytesWritten;
    return null;
  }

  /** Sends those that wait, unless something has gone wrong before: then they wait for `flush`. */
  async send(): Promise<void> {
    const [first] = this.#waiting;
    if (first === undefined || this.#isRefused || this.isStale || this.#parts.isLost()) return;
    const entries = this.#waiting;
    this.#leave();
    const mutations = entries.map(({ mutation }) => mutation);
    const sent = await this.#parts.send(mutations, first.turn).catch((refused: unknown) => ({ landing: Promise.reject(refused) }));
    const trip: Trip = {
      entries,
      end: sent.landing.then(
        (landed) => this.#land(trip, landed),
        () => {
          this.#isRefused = true;
        },
      ),
    };
    this.#trips.push(trip);
  }

  /** Ends when it is known what became of those that are under way now. */
  async landing(): Promise<void> {
    await Promise.all(this.#trips.map(({ end }) => end));
  }

  /**
   * Commits those that wait: together, or one by one when that is refused. Never while a handler runs and they are stale.
   *
   * @returns what one of them, run again, turns out to need first: its result and all behind it are taken back. Else null.
   */
  flush(): Promise<GuardWanted | null> {
    if (this.#isRunningAgain) return Promise.resolve(null);
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
    return this.#flushing;
  }

  async #flush(): Promise<GuardWanted | null> {
    await this.landing();
    if (!this.#isRefused && !this.isStale && this.#waiting.length > 1) {
      await this.send();
      await this.landing();
    }
    if (this.#isRefused && this.#parts.isLost()) throw new Error('The store was lost.');
    this.#waiting = this.#entries();
    this.#trips = [];
    this.#isRefused = false;
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const { isStale } = this;
      const { slot, mutation, turn } = next;
      const result = isStale ? await this.#runAgain(next) : await this.#parts.commit(mutation, turn);
      // What it came to may be anything then.
      if (this.#parts.isLost()) throw new Error('The store was lost.');
      if (result.do === 'guard') {
        for (const each of this.#waiting) each.turn.results.length = Math.min(each.turn.results.length, each.slot);
        this.#leave();
        return result;
      }
      turn.results[slot] = result;
      this.#waiting.shift();
      if (!isStale) this.#version = this.#parts.version();
    }
    this.#leave();
    return null;
  }

  async #makeRoom(): Promise<GuardWanted | null> {
    if (this.#trips.length < mostUnderWay) await this.send();
    return this.#waiting.length === 0 ? null : await this.flush();
  }

  #land(trip: Trip, { results, from, to }: Landed): void {
    for (const [at, { turn, slot }] of trip.entries.entries()) {
      const result = results[at];
      if (result !== undefined) turn.results[slot] = result;
    }
    this.#trips = this.#trips.filter((other) => other !== trip);
    if (this.#version === from) this.#version = to;
  }

  #entries(): Entry[] {
    return [...this.#trips.flatMap(({ entries }) => entries), ...this.#waiting];
  }

  async #runAgain({ mutation, turn }: Entry): Promise<OperationResult | GuardWanted> {
    this.#isRunningAgain = true;
    try {
      return await this.#parts.runAgain(mutation, turn);
    } finally {
      this.#isRunningAgain = false;
    }
  }

  #leave(): void {
    this.#waiting = [];
    this.#writes = 0;
    this.#bytes = 0;
  }
}
