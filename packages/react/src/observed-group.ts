import type { ObservedQuery, QueryState } from '@betterbase/client';

export type Queries = Readonly<Record<string, ObservedQuery<unknown> | null>>;
const loading = { status: 'loading', data: undefined, error: null } as const;

export type States = Readonly<Record<string, QueryState<unknown> | null>>;

/** Several queries as one thing to look at and to listen to. Null stands for one that is skipped. */
export class ObservedGroup {
  readonly queries: Queries;
  readonly #initial: States;
  #last: States;

  constructor(queries: Queries) {
    this.queries = queries;
    this.#initial = Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, query && loading]));
    this.#last = this.#read();
  }

  /** The same object until the state of one of them changes. */
  readonly current = (): States => {
    const now = this.#read();
    if (Object.entries(now).some(([name, state]) => state !== this.#last[name])) this.#last = now;
    return this.#last;
  };

  /** While a page is rendered on a server, and while it is hydrated, nothing is known. */
  readonly onServer = (): States => this.#initial;

  readonly subscribe = (listener: () => void): (() => void) => {
    const stops = Object.values(this.queries).map((query) => query?.subscribe(listener));
    return () => {
      for (const stop of stops) stop?.();
    };
  };

  #read(): States {
    return Object.fromEntries(Object.entries(this.queries).map(([name, query]) => [name, query?.current() ?? null]));
  }
}
