/** Turns that take less than this had better come one after the other, ms: what waits meanwhile goes together, which costs less. */
const leastMilliseconds = 5;
/** Turns begin so much of the time after each other that one takes. */
const share = 1 / 3;
/** What a turn has taken counts so much for what the next will take. */
const weight = 1 / 4;

/**
 * How soon after each other turns begin that overlap. Each has a price, whatever is in it; so they take along what comes in a
 * part of the time that one takes, which is longer where everything is slow.
 *
 * Holds: how long turns take lately, and when the newest began.
 */
export class Pace {
  readonly #now: () => number;
  #usual = 0;
  #began = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether turns take so long that others had better begin meanwhile. */
  get isSlow(): boolean {
    return this.#usual >= leastMilliseconds;
  }

  /** A turn begins. Returns what is to be called when it has ended. */
  begin(): () => void {
    const began = this.#now();
    this.#began = began;
    return () => {
      this.#usual += (this.#now() - began - this.#usual) * weight;
    };
  }

  /** How long the next is to wait, ms. */
  get pause(): number {
    return Math.max(0, this.#began + this.#usual * share - this.#now());
  }
}
