/**
 * A rotation that looks random and is the same everywhere: signs are flipped, and halves of the vector mixed (Hadamard).
 *
 * Whatever a vector's numbers are, those of the rotated one are spread like noise. Lengths and inner products stay.
 */
export class VectorRotation {
  readonly #dimensions: number;
  /** The largest power of two that fits: mixing takes one. */
  readonly #width: number;
  readonly #signs: readonly Float64Array[];

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#width = 2 ** Math.floor(Math.log2(dimensions));
    this.#signs = starts.map((_, round) => randomSigns(dimensions, round + 1));
  }

  rotate(vector: Float64Array): Float64Array {
    const rotated = vector.slice();
    for (const [round, start] of starts.entries()) {
      const signs = this.#signs[round];
      for (let at = 0; at < this.#dimensions; at++) rotated[at] = (rotated[at] ?? 0) * (signs?.[at] ?? 1);
      const from = start === 'front' ? 0 : this.#dimensions - this.#width;
      mix(rotated.subarray(from, from + this.#width));
    }
    return rotated;
  }
}

/** Front and back overlap, so after three rounds every number has gone into every other. */
const starts = ['front', 'back', 'front'] as const;

function mix(numbers: Float64Array): void {
  const scale = 1 / Math.sqrt(numbers.length);
  for (let half = 1; half < numbers.length; half *= 2) {
    for (let from = 0; from < numbers.length; from += 2 * half) {
      for (let at = from; at < from + half; at++) {
        const one = numbers[at] ?? 0;
        const other = numbers[at + half] ?? 0;
        numbers[at] = one + other;
        numbers[at + half] = one - other;
      }
    }
  }
  for (let at = 0; at < numbers.length; at++) numbers[at] = (numbers[at] ?? 0) * scale;
}

function randomSigns(count: number, seed: number): Float64Array {
  let state = Math.imul(seed, 0x9e37_79b1) | 1;
  return Float64Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state < 0 ? -1 : 1;
  });
}
