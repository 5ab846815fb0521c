/** One window for each of so many at most; more begin anew. */
const mostNames = 10_000;

/**
 * Counts what somebody does within a minute.
 *
 * In this isolate's memory only: it keeps one caller from taking all, and is no promise across the network.
 */
export class WindowCounter {
  readonly #milliseconds: number;
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(milliseconds = 60_000) {
    this.#milliseconds = milliseconds;
  }

  /** Counts one more, and returns how many there have been in this window. */
  count(name: string, now: number): number {
    const window = this.#find(name, now);
    if (window !== null) {
      window.count += 1;
      return window.count;
    }
    if (this.#windows.size >= mostNames) this.#windows.clear();
    this.#windows.set(name, { count: 1, endsAt: now + this.#milliseconds });
    return 1;
  }

  /** How many there have been. */
  seen(name: string, now: number): number {
    return this.#find(name, now)?.count ?? 0;
  }

  /** Seconds until the window ends. */
  secondsLeft(name: string, now: number): number {
    const endsAt = this.#windows.get(name)?.endsAt ?? now;
    return Math.max(1, Math.ceil((endsAt - now) / 1000));
  }

  #find(name: string, now: number): { count: number; readonly endsAt: number } | null {
    const window = this.#windows.get(name);
    return window === undefined || window.endsAt <= now ? null : window;
  }
}
