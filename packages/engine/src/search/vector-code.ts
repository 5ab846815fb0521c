/**
 * Vectors in two bits a number, to be compared roughly before they are compared exactly.
 *
 * What a vector is beyond a common middle is rotated, and each number told to one of four levels (those that fit noise best). The inner product with
 * another vector is estimated from that without bias; how far off the estimate may be is known for each vector.
 */
import { VectorRotation } from './vector-rotation.ts';

/** What is kept of a vector beside its code. */
export interface VectorTraits {
  readonly length: number;
  /** The inner product of what it is beyond the middle with the middle. */
  readonly lean: number;
  /** What an inner product with the levels is multiplied with to estimate the one with what the vector is beyond the middle. */
  readonly stretch: number;
  /** How far off the estimate typically is, for a question whose part beyond the middle has length 1. */
  readonly spread: number;
}

/** Of numbers that are spread like noise of width 1: what lies between is told to the nearest. */
const levels = [-1.51, -0.4528, 0.4528, 1.51] as const;
const outer = 0.9816;
const numbersPerByte = 4;
const valuesOfByte = 256;

export class VectorCoder {
  /** How long a code is. */
  readonly bytes: number;
  readonly #rotation: VectorRotation;
  readonly #dimensions: number;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.bytes = Math.ceil(dimensions / numbersPerByte);
    this.#rotation = new VectorRotation(dimensions);
  }

  /** Writes the code to `into`, which is all zeros. Codes are compared with questions of the same middle. */
  encode(vector: ArrayLike<number>, middle: ArrayLike<number>, into: Uint8Array): VectorTraits {
    const length = Math.sqrt(product(vector, vector));
    const rest = without(vector, middle);
    const lean = product(rest, middle);
    const rotated = this.#rotation.rotate(rest);
    const beyond = Math.sqrt(product(rotated, rotated));
    if (beyond === 0 || !Number.isFinite(beyond)) return { length, lean, stretch: 0, spread: 0 };
    const width = beyond / Math.sqrt(this.#dimensions);
    let onLevels = 0;
    let levelSquares = 0;
    for (let at = 0; at < this.#dimensions; at++) {
      const number = rotated[at] ?? 0;
      const level = number < 0 ? (number < -outer * width ? 0 : 1) : number < outer * width ? 2 : 3;
      into[at >> 2] = (into[at >> 2] ?? 0) | (level << ((at & 3) * 2));
      onLevels += number * levels[level];
      levelSquares += levels[level] ** 2;
    }
    const likeness = onLevels / (beyond * Math.sqrt(levelSquares));
    const spread = (beyond * Math.sqrt(Math.max(1 - likeness ** 2, 0))) / (likeness * Math.sqrt(this.#dimensions));
    return { length, lean, stretch: beyond ** 2 / onLevels, spread };
  }

  /** How a vector is compared with codes. */
  question(vector: ArrayLike<number>, middle: ArrayLike<number>): VectorProducts {
    return new VectorProducts(this.#rotation.rotate(without(vector, middle)), this.bytes, product(vector, middle));
  }
}

function product(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

function without(vector: ArrayLike<number>, middle: ArrayLike<number>): Float64Array {
  const rest = new Float64Array(vector.length);
  for (let at = 0; at < rest.length; at++) rest[at] = (vector[at] ?? 0) - (middle[at] ?? 0);
  return rest;
}

/** Inner products of one vector with codes: for each byte of a code, what each of its values comes to. */
class VectorProducts {
  /** The inner product of the whole vector with the middle. */
  readonly base: number;
  /** The length of what the vector is beyond the middle. */
  readonly length: number;
  readonly #table: Float32Array;
  readonly #bytes: number;

  constructor(rotated: Float64Array, bytes: number, base: number) {
    this.base = base;
    this.length = Math.sqrt(product(rotated, rotated));
    this.#bytes = bytes;
    this.#table = new Float32Array(bytes * valuesOfByte);
    for (let byte = 0; byte < bytes; byte++) {
      for (let value = 0; value < valuesOfByte; value++) {
        let sum = 0;
        for (let part = 0; part < numbersPerByte; part++) {
          sum += (rotated[byte * numbersPerByte + part] ?? 0) * (levels[(value >> (part * 2)) & 3] ?? 0);
        }
        this.#table[byte * valuesOfByte + value] = sum;
      }
    }
  }

  /** The inner product with the levels of the code that begins at `at`. */
  with(codes: Uint8Array, at: number): number {
    const table = this.#table;
    let sum = 0;
    for (let byte = 0, row = 0; byte < this.#bytes; byte++, row += valuesOfByte) sum += table[row + (codes[at + byte] ?? 0)] ?? 0;
    return sum;
  }
}
