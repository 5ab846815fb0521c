import type { DocumentWrite } from '../ports/document-store.ts';
import type { FinishedRun } from '../run/function-runner.ts';
import { isSystemTable } from '../schedule/job-tables.ts';
import type { FinishedMutation } from './finished-mutation.ts';
import type { GuardWanted } from './job-operations.ts';
import type { OperationResult } from './turn.ts';

/** What one round trip carries at most; databases bound the statements and bytes of a batch. */
const mostMutations = 64;
const mostWrites = 256;
const mostBytes = 512 * 1024;

/** A mutation that has run and is not committed. */
export interface Waiting extends FinishedMutation {
  /** The newest `_creationTime` when it had run, and the time by the clock, ms. */
  readonly time: number;
  readonly now: number;
}

/** What the line has done by others. */
export interface LineParts {
  /** Of the turn so far. Those of mutations that wait are provisional until they are committed. */
  readonly results: OperationResult[];
  /** The newest version. */
  readonly version: () => number;
  /** Nothing can be said of the store any more. */
  readonly isLost: () => boolean;
  /** All or none, in one round trip. */
  readonly commitAll: (waiting: readonly Waiting[]) => Promise<readonly OperationResult[]>;
  /** One, and what becomes of it if it is refused. */
  readonly commit: (waiting: Waiting) => Promise<OperationResult>;
  /** One whose run is not worth anything any more. */
  readonly runAgain: (waiting: Waiting) => Promise<OperationResult | GuardWanted>;
}

/**
 * Mutations of one turn that have run and wait for each other, to be committed in one round trip.
 *
 * Holds: those that wait, in order, and the version they have run on. Does not hold: documents; it commits nothing itself.
 * Always true: none has read what one before it in line writes. So each is what it would be had it run alone, and if one of
 * them is refused the others need not run again.
 */
export class CommitLine {
  readonly #parts: LineParts;
  #waiting: { readonly slot: number; readonly mutation: Waiting }[] = [];
  #writes = 0;
  #bytes = 0;
  #version = 0;
  /** One of those that wait runs again; those behind it will, after it. */
  #isRunningAgain = false;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  /** Somebody else has committed since they have run. They must go before anything else runs. */
  get isStale(): boolean {
    return this.#waiting.length > 0 && this.#version !== this.#parts.version();
  }

  /** Whether a mutation may wait for others. What it schedules must be seen before anything else is scheduled. */
  admits({ writes, bytesWritten }: FinishedRun): boolean {
    return writes.length <= mostWrites && bytesWritten <= mostBytes && !writes.some(({ table }) => isSystemTable(table));
  }

  /** Whether any of those in line writes such a thing. */
  isTouched(isTouching: (write: DocumentWrite) => boolean): boolean {
    return !this.#isRunningAgain && this.#waiting.some(({ mutation }) => mutation.run.writes.some(isTouching));
  }

  /** A mutation that it admits takes its place, there and among the results. Returns what `flush` does, if there was no room. */
  async join(mutation: Waiting, provisional: OperationResult): Promise<GuardWanted | null> {
    const { writes, bytesWritten } = mutation.run;
    const hasRoom =
      this.#waiting.length < mostMutations && this.#writes + writes.length <= mostWrites && this.#bytes + bytesWritten <= mostBytes;
    const guard = hasRoom ? null : await this.flush();
    if (guard !== null) return guard;
    this.#version = this.#parts.version();
    this.#waiting.push({ slot: this.#parts.results.length, mutation });
    this.#parts.results.push(provisional);
    this.#writes += writes.length;
    this.#bytes += bytesWritten;
    return null;
  }

  /**
   * Commits those that wait: together, or one by one when that is refused. Never while a handler runs and they are stale.
   *
   * @returns what one of them, run again, turns out to need first: its result and all behind it are taken back. Else null.
   */
  async flush(): Promise<GuardWanted | null> {
    if (this.#waiting.length > 1 && !this.isStale && (await this.#flushTogether())) return null;
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const { isStale } = this;
      const { slot, mutation } = next;
      const result = isStale ? await this.#runAgain(mutation) : await this.#parts.commit(mutation);
      // What it came to may be anything then.
      if (this.#parts.isLost()) throw new Error('The store was lost.');
      if (result.do === 'guard') {
        this.#parts.results.length = slot;
        this.#leave();
        return result;
      }
      this.#parts.results[slot] = result;
      this.#waiting.shift();
      if (!isStale) this.#version = this.#parts.version();
    }
    this.#leave();
    return null;
  }

  async #runAgain(mutation: Waiting): Promise<OperationResult | GuardWanted> {
    this.#isRunningAgain = true;
    try {
      return await this.#parts.runAgain(mutation);
    } finally {
      this.#isRunningAgain = false;
    }
  }

  async #flushTogether(): Promise<boolean> {
    try {
      const results = await this.#parts.commitAll(this.#waiting.map(({ mutation }) => mutation));
      for (const [at, result] of results.entries()) this.#parts.results[this.#waiting[at]?.slot ?? 0] = result;
      this.#leave();
      return true;
    } catch (refused) {
      if (this.#parts.isLost()) throw refused;
      return false;
    }
  }

  #leave(): void {
    this.#waiting = [];
    this.#writes = 0;
    this.#bytes = 0;
  }
}
