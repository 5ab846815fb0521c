/** A value that was appended to a list: at most once in a whole history, so that seeing it says who wrote it. */
export type Mark = string;

/** What a transaction did, in its own order. */
export type Step =
  | { readonly do: 'append'; readonly list: string; readonly mark: Mark }
  | { readonly do: 'read'; readonly list: string; readonly marks: readonly Mark[] };

/** One transaction as its caller knows it. */
export interface Operation {
  /** For people. */
  readonly name: string;
  /** When it was asked for; null: perhaps before everything else. Any clock that all callers share. */
  readonly invoked: number | null;
  /** When its outcome arrived; null: never, or it says nothing about time. */
  readonly returned: number | null;
  /** `refused`: it left nothing behind. `unknown`: nobody was told. */
  readonly outcome: 'done' | 'refused' | 'unknown';
  /** Operations of the same caller that come before it, whatever their times say: positions in the history. */
  readonly after: readonly number[];
  /** Reads of an operation that is not `done` do not count. */
  readonly steps: readonly Step[];
}

export type History = readonly Operation[];

/** Writes a history down while it happens. */
export class HistoryRecorder {
  readonly #operations: Operation[] = [];
  #time = 0;

  get history(): History {
    return this.#operations;
  }

  /** Later than every time given before. */
  tick(): number {
    this.#time += 1;
    return this.#time;
  }

  /** @returns its position, for `after`. */
  add(operation: Operation): number {
    return this.#operations.push(operation) - 1;
  }

  /** What is known of it by now. */
  amend(position: number, known: Partial<Operation>): void {
    const operation = this.#operations[position];
    if (operation === undefined) throw new RangeError(`There is no operation ${position}.`);
    this.#operations[position] = { ...operation, ...known };
  }
}
