/** Where a run of a counted index begins. */
import { decodeFromJson, encodeToJson, type Value } from '@betterbase/core';

const mostLevels = 4;

/** On how many levels a run begins at the document with this place: on none for most, on one more for each `bits` zeros of its hash. */
export function heightOf(place: number, bits: number): number {
  const low = (place % 4_294_967_296) | 0;
  const high = Math.floor(place / 4_294_967_296) | 0;
  let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  const zeros = hash === 0 ? 32 : 31 - Math.clz32(hash & -hash);
  return Math.min(Math.floor(zeros / bits), mostLevels);
}

/** The values of a key as text; each in an array of its own, so that a missing field has a place in JSON. */
export function encodeBoundary(values: readonly (Value | undefined)[]): string {
  return encodeToJson(values.map((value) => (value === undefined ? [] : [value])));
}

export function decodeBoundary(text: string): (Value | undefined)[] {
  const values = decodeFromJson(text);
  return Array.isArray(values) ? values.map((value) => (Array.isArray(value) ? value[0] : undefined)) : [];
}
