import type { Timer } from '../timer.ts';

/** Watched queries go to disk this long after they have run, ms: those that are short never do, and sleep comes much later. */
const keepDelay = 1_000;
/** In one turn. Even where everything is touched all the time, this costs about a hundredth of it. */
const mostAtOnce = 200;

export interface KeeperParts {
  readonly timer: Timer;
  /** Has the engine put up to `most` watched queries on disk. */
  readonly keep: (most: number) => void;
}

/**
 * Sees to it that watched queries reach the disk, so that they outlive sleep.
 *
 * Holds: how many have not, as of the last turn.
 * Always true: while there are any, a timer waits or a turn is under way, so the object does not sleep.
 */
export class Keeper {
  readonly #parts: KeeperParts;
  #unkept = 0;
  #isDue = false;
  /** The turn that keeps, and no other, has been asked for since. */
  #isKeeping = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  get isDone(): boolean {
    return this.#unkept === 0 && !this.#isDue;
  }

  /** A turn has ended. */
  turned(unkept: number, wasWaitedFor: boolean): void {
    const goesOn = this.#isKeeping && !wasWaitedFor && unkept < this.#unkept;
    this.#unkept = unkept;
    this.#isKeeping = false;
    if (unkept === 0 || this.#isDue) return;
    // What keeps only goes on at once; where functions run too, they have the time.
    if (goesOn) return this.#keep();
    this.#isDue = true;
    this.#parts.timer.after(keepDelay, () => this.#keep());
  }

  #keep(): void {
    this.#isDue = false;
    if (this.#unkept === 0) return;
    this.#isKeeping = true;
    this.#parts.keep(mostAtOnce);
  }
}
