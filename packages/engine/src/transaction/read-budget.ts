import { overLimit, type Value } from '@betterbase/core';
import type { Allowances } from './allowances.ts';
import { weigh } from './document-weight.ts';
import { overTime } from './usage-limits.ts';

export interface Clock {
  readonly now: () => number;
  /** When the run began, ms since 1970. */
  readonly startedAt: number;
}

/** So many reads pass between two looks at the clock. */
const readsPerLook = 64;

type Row = { readonly [field: string]: Value };

/**
 * What a run may still read.
 *
 * Always true: what is over a limit has thrown. Time is looked at now and then; whoever ends the run looks once more.
 */
export class ReadBudget {
  documents = 0;
  bytes = 0;
  readonly #allowances: Pick<Allowances, 'limits'>;
  readonly #clock: Clock;
  #reads = 0;

  constructor(allowances: Pick<Allowances, 'limits'>, clock: Clock) {
    this.#allowances = allowances;
    this.#clock = clock;
  }

  left(): { readonly documents: number; readonly bytes: number } {
    return { documents: this.#allowances.limits.documentsRead - this.documents, bytes: this.#allowances.limits.bytesRead - this.bytes };
  }

  /** Returns what they weigh. @throws BetterBaseError `query/reads-too-much`, `limit/bytes-read`, `function/timed-out` */
  spend(rows: readonly Row[]): number {
    let bytes = 0;
    for (const row of rows) bytes += weigh(row);
    this.#spend(rows.length, bytes);
    return bytes;
  }

  /** A document that was looked for counts as one, found or not. */
  spendOne(row: Row | null): void {
    this.#spend(1, row === null ? 0 : weigh(row));
  }

  #spend(documents: number, bytes: number): void {
    this.documents += documents;
    this.bytes += bytes;
    const { documentsRead, bytesRead } = this.#allowances.limits;
    if (this.documents > documentsRead) {
      throw overLimit('documentsRead', documentsRead, {
        measured: this.documents,
        what: `This function reads ${this.documents} documents or more`,
        hint: 'Narrow the range with an index, or take fewer.',
      });
    }
    if (this.bytes > bytesRead) {
      throw overLimit('bytesRead', bytesRead, {
        measured: this.bytes,
        what: `This function reads ${this.bytes} bytes or more`,
        hint: 'Narrow the range with an index, take fewer, or keep large fields in a table of their own.',
      });
    }
    this.#reads++;
    if (this.#reads % readsPerLook === 0) this.assertInTime();
  }

  /** @throws BetterBaseError `function/timed-out` */
  assertInTime(): void {
    const { limits } = this.#allowances;
    const milliseconds = this.#clock.now() - this.#clock.startedAt;
    if (milliseconds > limits.runMilliseconds) throw overTime(milliseconds, limits);
  }
}
