/** How long a server may be silent before it is asked whether it is there. */
const quiet = 25_000;
/** How long it may take to answer that. */
const patience = 10_000;

export type Check = { readonly do: 'ping' | 'wait'; readonly again: number } | { readonly do: 'give-up' };

/** Whether the server is still there: a connection may be dead for minutes before the platform says so. */
export class Liveness {
  #heard: number;
  #asked: number | null = null;

  constructor(now: number) {
    this.#heard = now;
  }

  heard(now: number): void {
    this.#heard = now;
    this.#asked = null;
  }

  /** What to do now, and in how many ms to check again. */
  check(now: number): Check {
    if (this.#asked !== null) {
      const left = this.#asked + patience - now;
      return left > 0 ? { do: 'wait', again: left } : { do: 'give-up' };
    }
    const left = this.#heard + quiet - now;
    return left > 0 ? { do: 'wait', again: left } : this.ask(now);
  }

  /** There is a reason for doubt: ask at once. */
  ask(now: number): Check {
    this.#asked ??= now;
    return { do: 'ping', again: this.#asked + patience - now };
  }
}
