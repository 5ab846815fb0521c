/**
 * Where the pages of a query end.
 *
 * A page that was handed out keeps its end when the query runs again, so that the next page, which starts there, neither
 * misses nor repeats a document. Holds one end for each `paginate` of a run, in order.
 */
export class PageJournal {
  #earlier: readonly string[];
  readonly #ends: string[] = [];

  /** `text`: what an earlier run of the same query left, or null. A text that is none is treated as none. */
  constructor(text: string | null) {
    this.#earlier = text === null ? [] : parseEnds(text);
  }

  /** The first page is to end there, unless an earlier run had another end. */
  expectEnd(end: string): void {
    if (this.#earlier.length === 0) this.#earlier = [end];
  }

  /** The end that the page asked for next had in the earlier run, or null. */
  earlierEnd(): string | null {
    return this.#earlier[this.#ends.length] ?? null;
  }

  record(end: string): void {
    this.#ends.push(end);
  }

  /** For the next run; null if the query has no pages. A run that failed before it read a page leaves the page its end. */
  text(): string | null {
    const ends = [...this.#ends, ...this.#earlier.slice(this.#ends.length)];
    return ends.length === 0 ? null : JSON.stringify(ends);
  }
}

function parseEnds(text: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.filter((end) => typeof end === 'string') : [];
  } catch {
    // It comes from a client: nonsense costs it stable pages, nothing else.
    return [];
  }
}
