import { BetterBaseError, isPlainObject, type Value } from '@betterbase/core';

/** Where the pages of an answer end, from one run of its query to the next. */
export class ModelJournal {
  readonly earlier: string | null;
  /** What this run leaves for the next. */
  end: string | null = null;

  constructor(earlier: string | null) {
    this.earlier = earlier;
  }
}

export interface ModelPage {
  readonly [field: string]: Value;
  readonly page: number[];
  readonly isDone: boolean;
  readonly continueCursor: string;
}

const theEnd = 'end';

/** One page of numbers in ascending order, as `paginate` would read it. `shift` is part of each cursor: others are refused. */
export function modelPage(numbers: readonly number[], options: unknown, journal: ModelJournal, shift = 0): ModelPage {
  const { cursor, endCursor, numItems } = isPlainObject(options) ? options : {};
  if (typeof numItems !== 'number') throw new Error('These are no paginationOpts.');
  const start = typeof cursor === 'string' ? placeOf(cursor, shift) : Number.NEGATIVE_INFINITY;
  const rest = numbers.filter((number) => number > start).sort((a, b) => a - b);
  const known = typeof endCursor === 'string' ? placeOf(endCursor, shift) : earlierEnd(journal, shift);
  const page = known === null ? rest.slice(0, numItems) : rest.filter((number) => number <= known);
  const last = page.at(-1);
  const end = known ?? (page.length < numItems || last === undefined ? Number.POSITIVE_INFINITY : last);
  journal.end = toCursor(end, shift);
  const result = { page, isDone: end === Number.POSITIVE_INFINITY, continueCursor: journal.end };
  const middle = page[Math.floor(page.length / 2) - 1];
  if (page.length <= numItems * 2 || middle === undefined) return result;
  return { ...result, pageStatus: 'SplitRecommended', splitCursor: toCursor(middle, shift) };
}

function toCursor(place: number, shift: number): string {
  return `${shift}:${place === Number.POSITIVE_INFINITY ? theEnd : place}`;
}

function placeOf(cursor: string, shift: number): number {
  const [of, place] = cursor.split(':', 2);
  if (of !== String(shift)) throw new BetterBaseError('query/bad-cursor', 'This cursor does not belong to this listing.');
  return place === theEnd ? Number.POSITIVE_INFINITY : Number(place);
}

function earlierEnd({ earlier }: ModelJournal, shift: number): number | null {
  return earlier === null || !earlier.startsWith(`${shift}:`) ? null : placeOf(earlier, shift);
}
