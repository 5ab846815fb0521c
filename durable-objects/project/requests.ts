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
