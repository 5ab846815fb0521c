import type { RangeEnd } from '../ports/document-store.ts';
import { encodeKey } from './encode-key.ts';

/** Keys from `lower` on and below `upper`. Empty when `lower >= upper`. */
export interface KeyRange {
  readonly lower: string;
  readonly upper: string;
}

/** The lowest key a range may hold, when `end` is its lower end. */
export function lowerBoundKey(end: RangeEnd): string {
  const prefix = encodeKey(end.prefix);
  return end.inclusive ? prefix : afterPrefix(prefix);
}

/** The first key above the range, when `end` is its upper end. */
export function upperBoundKey(end: RangeEnd): string {
  const prefix = encodeKey(end.prefix);
  return end.inclusive ? afterPrefix(prefix) : prefix;
}

/** Above every key that starts with `prefix`, below every other key that is above `prefix`. */
function afterPrefix(prefix: string): string {
  return `${prefix}\xff`;
}

export function isInRange(key: string, range: KeyRange): boolean {
  return key >= range.lower && key < range.upper;
}
