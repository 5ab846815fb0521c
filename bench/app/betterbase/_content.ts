/** What large tables hold, made from a number alone, so that both systems hold the same without being sent it. */

export const dimensions = 384;
const rooms = 100;
const words = 5_000;
const wordsPerText = 12;
const clusters = 200;

export const roomOf = (number: number): string => `room-${number % rooms}`;

/** One in so many rows is in the room in which somebody who is not signed in has a seat. */
const oneOf = 10_000;
export const seatedRoom = 'room-open';
export const guardedRoomOf = (number: number): string => (number % oneOf === oneOf / 2 ? seatedRoom : roomOf(number));

/** Twelve words, of which those with low numbers come often. */
export function textOf(number: number): string {
  const next = chance(number);
  return Array.from({ length: wordsPerText }, () => `w${Math.floor(words * next() ** 3)}`).join(' ');
}

/** Near one of some hundred points, as what is said about a few hundred subjects would be. */
export function vectorOf(number: number): number[] {
  const center = chance(number % clusters);
  const next = chance(1_000_000 + number);
  return Array.from({ length: dimensions }, () => Math.fround(center() - 0.5 + (next() - 0.5)));
}

/** From 0 on, below 1 (mulberry32). */
function chance(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
