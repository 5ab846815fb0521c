const first = 250;
const longest = 15_000;
/**
 * A connection that served this long was a good one: the next failure counts as the first. Long enough that a server which
 * greets everybody and then falls over is not stormed, short enough that outages close together are each got over quickly.
 */
const good = 1000;

/** How long to wait before the next attempt to connect: twice as long each time, with full jitter. */
export class BackOff {
  #failures = 0;

  get failures(): number {
    return this.#failures;
  }

  /** `lasted`: how long the connection stood since the server's first word, in ms. `random`: between 0 and 1. Returns ms. */
  failed(lasted: number, random: number): number {
    if (lasted >= good) this.#failures = 0;
    const wait = random * Math.min(longest, first * 2 ** this.#failures);
    this.#failures += 1;
    return wait;
  }
}
