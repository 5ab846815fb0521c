export interface TestJobsParts {
  readonly now: () => number;
  /** When the next function that is scheduled is to run; null when none waits. */
  readonly nextTime: () => Promise<number | null>;
  /** Runs what is due, to its end. */
  readonly runDue: () => Promise<void>;
}

/** Longer than a platform's timers can wait. */
const longestTimer = 2 ** 31 - 1;
const mostRounds = 100;

/**
 * Runs scheduled functions when their time has come by the test's clock and timers, faked ones too.
 *
 * Holds: one timer for the next of them, and those under way.
 */
export class TestJobs {
  readonly #parts: TestJobsParts;
  readonly #underWay = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: TestJobsParts) {
    this.#parts = parts;
  }

  /** Something may have been scheduled. */
  async plan(): Promise<void> {
    const { nextTime, now } = this.#parts;
    const next = await nextTime();
    clearTimeout(this.#timer);
    if (next === null) return;
    this.#timer = setTimeout(() => this.#begin(), Math.min(Math.max(0, next - now()), longestTimer));
    // A test that is over does not wait for what it scheduled.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  /** Returns when everything that is due has run. */
  async finishInProgress(): Promise<void> {
    const { nextTime, now } = this.#parts;
    const next = await nextTime();
    if (next !== null && next <= now()) this.#begin();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Lets time pass by `advance` until nothing is scheduled any more. @throws Error when it never ends. */
  async finishAll(advance: () => void): Promise<void> {
    for (let round = 0; round < mostRounds; round++) {
      advance();
      await this.finishInProgress();
      if ((await this.#parts.nextTime()) === null) return;
    }
    throw new Error(
      `Functions are still scheduled after ${mostRounds} rounds: one schedules itself for ever, or \`advance\` moves no time.`,
    );
  }

  #begin(): void {
    clearTimeout(this.#timer);
    const running: Promise<void> = this.#parts
      .runDue()
      .then(() => this.plan())
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }
}
