import type { Timer } from '../timer.ts';

/** How often late work is looked for, ms: less than the time after which an object may sleep. */
const interval = 2_000;

/** Says that a call took longer than it may. */
export class Overrun extends Error {
  override readonly name = 'Overrun';

  constructor(milliseconds: number) {
    super(`The engine did not answer within ${milliseconds / 1000} s.`);
  }
}

export interface DeadlineParts {
  readonly milliseconds: number;
  readonly timer: Timer;
  readonly now: () => number;
}

/**
 * Gives every call to the engine the same time to finish.
 *
 * Always true: no timer belongs to a single call, because setting and stopping one costs a tenth of a short call; one
 * timer looks after all of them, and ends soon after the last.
 */
export class Deadline {
  readonly #parts: DeadlineParts;
  readonly #pending = new Set<{ readonly since: number; readonly fail: (late: Overrun) => void }>();
  #isWatching = false;

  constructor(parts: DeadlineParts) {
    this.#parts = parts;
  }

  /** What the work gives, or `Overrun` when it is late. Late work is not stopped: its caller aborts the engine. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry = { since: this.#parts.now(), fail: reject };
      this.#pending.add(entry);
      if (!this.#isWatching) this.#watch();
      work.then(
        (value) => {
          this.#pending.delete(entry);
          resolve(value);
        },
        (error: unknown) => {
          this.#pending.delete(entry);
          reject(error);
        },
      );
    });
  }

  #watch(): void {
    this.#isWatching = true;
    this.#parts.timer.after(interval, () => this.#look());
  }

  #look(): void {
    const { milliseconds, now } = this.#parts;
    for (const entry of this.#pending) {
      if (now() - entry.since < milliseconds) continue;
      this.#pending.delete(entry);
      entry.fail(new Overrun(milliseconds));
    }
    if (this.#pending.size > 0) this.#watch();
    else this.#isWatching = false;
  }
}
