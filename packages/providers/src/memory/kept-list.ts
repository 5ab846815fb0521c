import type { FindableQuery, KeptQuery } from '@betterbase/engine';

/** Live queries that rest, in a list that is searched from end to end. */
export class KeptList {
  #queries: readonly FindableQuery[] = [];

  get isEmpty(): boolean {
    return this.#queries.length === 0;
  }

  keep(queries: readonly FindableQuery[], dropped: readonly number[]): void {
    const gone = new Set([...dropped, ...queries.map(({ number }) => number)]);
    this.#queries = [...this.#queries.filter(({ number }) => !gone.has(number)), ...structuredClone(queries)];
  }

  at(points: readonly number[]): number[] {
    const wanted = new Set(points);
    return this.#queries.filter((query) => query.points.some((point) => wanted.has(point))).map(({ number }) => number);
  }

  read(numbers: readonly number[]): KeptQuery[] {
    return this.#queries.filter(({ number }) => numbers.includes(number)).map(toKept);
  }

  after(number: number, most: number): KeptQuery[] {
    const above = this.#queries.filter((query) => query.number > number);
    return above
      .sort((one, other) => one.number - other.number)
      .slice(0, most)
      .map(toKept);
  }

  stale(): KeptQuery[] {
    return this.#queries.filter(({ isStale }) => isStale).map(toKept);
  }

  mark(numbers: readonly number[]): void {
    this.#queries = this.#queries.map((query) => (numbers.includes(query.number) ? { ...query, isStale: true } : query));
  }

  markAll(): void {
    this.mark(this.#queries.map(({ number }) => number));
  }

  among(numbers: readonly number[]): number[] {
    return this.read(numbers).map(({ number }) => number);
  }

  retain(numbers: readonly number[]): void {
    this.#queries = this.#queries.filter(({ number }) => numbers.includes(number));
  }

  clear(): void {
    this.#queries = [];
  }
}

function toKept({ number, text }: FindableQuery): KeptQuery {
  return { number, text };
}
