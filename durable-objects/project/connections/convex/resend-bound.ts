/** What is known of a session's mutations; ids grow from 0, -1 is none. */
export interface SessionCalls {
  /** The newest that came. */
  readonly last: number;
  /** Outcomes up to here need not be kept: what has one of these ids is not run. */
  readonly forgotten: number;
}

/**
 * Which mutations a Convex client may still send again.
 *
 * It never says what it has received. But it keeps a mutation until it knows the failure, or has seen a transition at the version
 * of the success or above; and on a new connection it sends all that it keeps before anything new, in the order of their ids.
 * So the first mutation of a connection tells that it keeps none below, and will not send one again.
 *
 * Holds: the bound, and the newest id.
 * Always true: the bound never goes down, and what is at or below it is refused.
 */
export class ResendBound {
  #last: number;
  #forgotten: number;
  #isFirst: boolean;
  #isSaved = true;

  /** `isNew`: nothing was said on this connection yet. */
  constructor({ last, forgotten }: SessionCalls, isNew: boolean) {
    this.#last = last;
    this.#forgotten = forgotten;
    this.#isFirst = isNew;
  }

  get isSaved(): boolean {
    return this.#isSaved;
  }

  get calls(): SessionCalls {
    return { last: this.#last, forgotten: this.#forgotten };
  }

  /** A mutation came. False: whether it ran before is not known any more, so it must not run. */
  take(id: number): boolean {
    const forgotten = this.#isFirst ? Math.max(this.#forgotten, id - 1) : this.#forgotten;
    this.#isFirst = false;
    if (id > this.#last || forgotten > this.#forgotten) this.#isSaved = false;
    this.#forgotten = forgotten;
    this.#last = Math.max(this.#last, id);
    return id > forgotten;
  }

  saved(): void {
    this.#isSaved = true;
  }
}
