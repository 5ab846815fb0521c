/** The numbered lines that say what is being done and how it went. */
export class Progress {
  readonly #say: (line: string) => void;
  readonly #total: number;
  #done = 0;

  constructor(total: number, say: (line: string) => void) {
    this.#total = total;
    this.#say = say;
  }

  /** Does one step. `tell` turns its result into the rest of the line. */
  async step<Result>(title: string, work: () => Promise<Result>, tell: (result: Result) => string): Promise<Result> {
    this.#done += 1;
    const number = `${this.#done}/${this.#total}`;
    try {
      const result = await work();
      this.#say(`✓ ${number} ${title}: ${tell(result)}`);
      return result;
    } catch (error) {
      this.#say(`✖ ${number} ${title}`);
      throw error;
    }
  }
}
