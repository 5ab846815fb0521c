export interface CountedActivity {
  readonly calls: number;
  readonly errors: number;
  /** Open now. */
  readonly connections: number;
  /** ms since 1970 */
  readonly at: number;
}

/** Reports at most this often, ms. */
const interval = 5_000;

/**
 * Counts what the project does and reports it while it is active.
 *
 * Always true: no timer is involved, so that counting never keeps an object awake; what was counted since the last report
 * is reported with the next call.
 */
export class Activity {
  readonly #now: () => number;
  readonly #report: (activity: CountedActivity) => void;
  #calls = 0;
  #errors = 0;
  #reportedAt = 0;

  constructor(parts: { readonly now: () => number; readonly report: (activity: CountedActivity) => void }) {
    this.#now = parts.now;
    this.#report = parts.report;
  }

  count(isError: boolean, connections: number): void {
    this.#calls += 1;
    if (isError) this.#errors += 1;
    const at = this.#now();
    if (at - this.#reportedAt < interval) return;
    this.#reportedAt = at;
    this.#report({ calls: this.#calls, errors: this.#errors, connections, at });
    this.#calls = 0;
    this.#errors = 0;
  }
}
