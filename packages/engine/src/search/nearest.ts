/**
 * The best of many scored things, a fixed number of them.
 *
 * Always true: sorted, the highest score first; among equals the highest place.
 */
export class Nearest<T> {
  readonly #limit: number;
  readonly #leastScore: number;
  readonly #best: { readonly score: number; readonly place: number; readonly item: T }[] = [];

  constructor(limit: number, leastScore: number) {
    this.#limit = limit;
    this.#leastScore = leastScore;
  }

  get best(): readonly { readonly score: number; readonly item: T }[] {
    return this.#best;
  }

  offer(score: number, place: number, item: T): void {
    if (!(score >= this.#leastScore)) return;
    const last = this.#best.at(-1);
    const isFull = this.#best.length >= this.#limit;
    if (isFull && (last === undefined || score < last.score || (score === last.score && place < last.place))) return;
    let at = this.#best.length;
    for (; at > 0; at--) {
      const above = this.#best[at - 1];
      if (above === undefined || above.score > score || (above.score === score && above.place > place)) break;
    }
    this.#best.splice(at, 0, { score, place, item });
    if (this.#best.length > this.#limit) this.#best.pop();
  }
}
