import type { Stop, Timer } from '../timer.ts';

/** Time that passes when a test says so. */
export class FakeTimer implements Timer {
  #now = 1_700_000_000_000;
  #pending: { readonly at: number; readonly act: () => void }[] = [];

  readonly now = (): number => this.#now;

  get pending(): number {
    return this.#pending.length;
  }

  after(milliseconds: number, act: () => void): Stop {
    const entry = { at: this.#now + milliseconds, act };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((each) => each !== entry);
    };
  }

  /** Lets time pass, and what was waiting for it happen in order. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#pending = this.#pending.filter((each) => each !== next);
      next.act();
      await settled();
    }
    this.#now = until;
  }
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}
