/**
 * Hands out `_creationTime`s: strictly increasing, at least the call's frozen time, in steps that a float of today's
 * magnitude holds exactly (so that `_creationTime * 4096` is a whole number, the row's place in its table).
 */
export class TimeSource {
  static readonly step = 1 / 1024;
  #last: number;

  constructor(last: number) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  next(now: number): number {
    this.#last = Math.max(Math.floor(now), this.#last + TimeSource.step);
    return this.#last;
  }

  /** Takes back what an uncommitted run was given. */
  reset(last: number): void {
    this.#last = last;
  }
}
