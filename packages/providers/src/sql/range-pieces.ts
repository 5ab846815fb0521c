import { compareStrings } from '@betterbase/core';
import type { AccessEnd, Bound } from './index-access.ts';

/**
 * A part of a range that one walk along an index can read: the first columns equal to `equal`, the next one between its
 * limits. SQLite would answer `(a, b) > (?, ?)` by walking over every row of the first `a`.
 */
export interface RangePiece {
  readonly equal: readonly Bound[];
  readonly lower: Limit | null;
  readonly upper: Limit | null;
}

export interface Limit {
  readonly at: Bound;
  readonly inclusive: boolean;
}

/** The pieces of a range, in ascending order; none if the range is empty. */
export function rangePieces(lower: AccessEnd, upper: AccessEnd): readonly RangePiece[] {
  const shared = sharedLength(lower.bounds, upper.bounds);
  const lowerAt = lower.bounds[shared];
  const upperAt = upper.bounds[shared];
  if (lowerAt === undefined && !lower.inclusive) return [];
  if (upperAt === undefined && !upper.inclusive) return [];
  if (lowerAt !== undefined && upperAt !== undefined && compareBounds(lowerAt, upperAt) > 0) return [];

  const pieces: RangePiece[] = [];
  for (let depth = lower.bounds.length - 1; depth > shared; depth--) {
    pieces.push({ equal: lower.bounds.slice(0, depth), lower: limitAt(lower, depth), upper: null });
  }
  pieces.push({ equal: lower.bounds.slice(0, shared), lower: limitAt(lower, shared), upper: limitAt(upper, shared) });
  for (let depth = shared + 1; depth < upper.bounds.length; depth++) {
    pieces.push({ equal: upper.bounds.slice(0, depth), lower: null, upper: limitAt(upper, depth) });
  }
  return pieces;
}

/** What equals a bound with more bounds after it belongs to the next, deeper piece. */
function limitAt(end: AccessEnd, depth: number): Limit | null {
  const at = end.bounds[depth];
  return at === undefined ? null : { at, inclusive: depth === end.bounds.length - 1 && end.inclusive };
}

function sharedLength(one: readonly Bound[], other: readonly Bound[]): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

function compareBounds(one: Bound, other: Bound): number {
  return typeof one === 'number' || typeof other === 'number' ? Number(one) - Number(other) : compareStrings(one, other);
}
