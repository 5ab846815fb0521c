import type { FindableQuery, KeptQuery, KeptQueryStore } from '@betterbase/engine';

/** Live queries that rest, in a list that is searched from end to end. */
export class KeptList implements KeptQueryStore {
  #queries: readonly FindableQuery[] = [];

  async has(): Promise<boolean> {
    return this.#queries.length > 0;
  }

  async keep(queries: readonly FindableQuery[], dropped: readonly number[]): Promise<void> {
    const gone = new Set([...dropped, ...queries.map(({ number }) => number)]);
    this.#queries = [...this.#queries.filter(({ number }) => !gone.has(number)), ...structuredClone(queries)];
  }

  async at(points: readonly number[]): Promise<number[]> {
    const wanted = new Set(points);
    return this.#queries.filter((query) => query.points.some((point) => wanted.has(point))).map(({ number }) => number);
  }

  async read(numbers: readonly number[]): Promise<KeptQuery[]> {
    return this.#queries.filter(({ number }) => numbers.includes(number)).map(toKept);
  }

  async after(number: number, most: number): Promise<KeptQuery[]> {
    const above = this.#queries.filter((query) => query.number > number);
    return above
      .sort((one, other) => one.number - other.number)
      .slice(0, most)
      .map(toKept);
  }

  async stale(): Promise<KeptQuery[]> {
    return this.#queries.filter(({ isStale }) => isStale).map(toKept);
  }

  mark(numbers: readonly number[]): void {
    this.#queries = this.#queries.map((query) => (numbers.includes(query.number) ? { ...query, isStale: true } : query));
  }

  markAll(): void {
    this.mark(this.#queries.map(({ number }) => number));
  }

  async among(numbers: readonly number[]): Promise<number[]> {
    return (await this.read(numbers)).map(({ number }) => number);
  }

  async retain(numbers: readonly number[]): Promise<void> {
    this.#queries = this.#queries.filter(({ number }) => numbers.includes(number));
  }

  clear(): void {
    this.#queries = [];
  }
}

function toKept({ number, text }: FindableQuery): KeptQuery {
  return { number, text };
}
