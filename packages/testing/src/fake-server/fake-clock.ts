interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that moves when the test says so. */
export class FakeClock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  /** Timers that have not fired. */
  get waiting(): number {
    return this.#timers.size;
  }

  after(milliseconds: number, callback: () => void): () => void {
    this.#order += 1;
    const timer = { at: this.#now + milliseconds, order: this.#order, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on, firing what falls due in order; after each, everything that was waiting for a promise runs. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await drainMicrotasks();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await drainMicrotasks();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets promises that can go on do so, however many steps they take. */
export async function drainMicrotasks(): Promise<void> {
  for (let step = 0; step < 30; step += 1) await Promise.resolve();
}
