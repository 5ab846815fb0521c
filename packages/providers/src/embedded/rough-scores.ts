import type { VectorMetric } from '@betterbase/engine';

/** So many spreads an estimate may be off before one of the nearest is passed over: about one in a hundred at the edge. */
const caution = 2.3;

/**
 * Estimated scores of many vectors, by the order they were added in.
 *
 * Holds: for each its place, its score as estimated, and the best it may have.
 */
export class RoughScores {
  count = 0;
  readonly #metric: VectorMetric;
  readonly #questionLength: number;
  #places = new Float64Array(1_024);
  #scores = new Float32Array(1_024);
  #bestScores = new Float32Array(1_024);

  constructor(metric: VectorMetric, questionLength: number) {
    this.#metric = metric;
    this.#questionLength = questionLength;
  }

  /** `doubt`: how far off the product typically is. */
  add(place: number, product: number, length: number, doubt: number): void {
    if (this.count === this.#places.length) this.#grow();
    this.#places[this.count] = place;
    this.#scores[this.count] = this.#toScore(product, length);
    this.#bestScores[this.count] = this.#toScore(product + caution * doubt, length);
    this.count++;
  }

  place(at: number): number {
    return this.#places[at] ?? Number.NaN;
  }

  score(at: number): number {
    return this.#scores[at] ?? Number.NaN;
  }

  bestScore(at: number): number {
    return this.#bestScores[at] ?? Number.NaN;
  }

  #toScore(product: number, length: number): number {
    switch (this.#metric) {
      case 'cosine': {
        const lengths = length * this.#questionLength;
        return lengths === 0 ? 0 : product / lengths;
      }
      case 'inner_product':
        return product;
      case 'euclidean':
        return -Math.sqrt(Math.max(length ** 2 + this.#questionLength ** 2 - 2 * product, 0));
      default:
        return this.#metric satisfies never;
    }
  }

  #grow(): void {
    const size = this.#places.length * 2;
    const [places, scores, bestScores] = [new Float64Array(size), new Float32Array(size), new Float32Array(size)];
    places.set(this.#places);
    scores.set(this.#scores);
    bestScores.set(this.#bestScores);
    this.#places = places;
    this.#scores = scores;
    this.#bestScores = bestScores;
  }
}
