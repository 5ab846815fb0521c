/** Hands out ids that are unique for ever: the life's own random name, and a count. */
export class Requests {
  readonly #life: string;
  #count = 0;

  constructor(life: string) {
    this.#life = life;
  }

  next(): string {
    this.#count += 1;
    return `${this.#life}-${this.#count.toString(36)}`;
  }
}

/** What the engine announces as the session of a job; no client's session is called so. */
export const jobSession = 'job';

/** Outcomes of calls with an `Idempotency-Key` are kept under a session of this kind; no client's session starts so. */
export const keySessionPrefix = 'key ';
