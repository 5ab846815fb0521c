import type { Value } from '@betterbase/core';
import type { VectorMetric } from '../ports/vector-store.ts';

/** How near two vectors of one length are: the cosine of their angle, their inner product, or their distance below zero. */
export type VectorScore = (vector: ArrayLike<number>) => number;

/** The nearness of vectors to one vector, as a function made once. */
export function vectorScore(metric: VectorMetric, wanted: readonly number[]): VectorScore {
  const query = Float64Array.from(wanted);
  const length = query.length;
  switch (metric) {
    case 'inner_product':
      return (vector) => dot(query, vector, length);
    case 'euclidean':
      return (vector) => {
        let sum = 0;
        for (let at = 0; at < length; at++) {
          const difference = (query[at] ?? 0) - (vector[at] ?? 0);
          sum += difference * difference;
        }
        return -Math.sqrt(sum);
      };
    case 'cosine': {
      const own = Math.sqrt(dot(query, query, length));
      return (vector) => {
        let product = 0;
        let squares = 0;
        for (let at = 0; at < length; at++) {
          const element = vector[at] ?? 0;
          product += (query[at] ?? 0) * element;
          squares += element * element;
        }
        const lengths = own * Math.sqrt(squares);
        // A vector without a direction is as far from all others as a right angle.
        return lengths === 0 ? 0 : product / lengths;
      };
    }
    default:
      return metric satisfies never;
  }
}

/** The value as a vector of this length, or null. */
export function asVector(value: Value | undefined, length: number): readonly number[] | null {
  if (!Array.isArray(value) || value.length !== length) return null;
  const numbers = value.filter((element) => typeof element === 'number');
  return numbers.length === length ? numbers : null;
}

function dot(one: ArrayLike<number>, other: ArrayLike<number>, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
