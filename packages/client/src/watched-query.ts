import type { ObservedQuery } from './observed-query.ts';
import type { Stop } from './platform/platform.ts';
import type { CallError } from './sync/outcome.ts';
import type { QueryState } from './sync/query-state.ts';
import type { Listener } from './watchers.ts';

export interface WatchCallbacks<Data> {
  readonly onUpdate: ((data: Data) => void) | undefined;
  readonly onError: (error: CallError) => void;
}

/** A query that is kept fresh from the start, until `unsubscribe`. */
export class WatchedQuery<Data> {
  readonly #query: ObservedQuery<Data>;
  readonly #callbacks: WatchCallbacks<Data>;
  readonly #stops = new Set<Stop>();
  #told: QueryState<Data> | null = null;

  constructor(query: ObservedQuery<Data>, callbacks: WatchCallbacks<Data>) {
    this.#query = query;
    this.#callbacks = callbacks;
    this.subscribe(() => this.#tell());
    // What is known already is told too, but never before the caller holds this object.
    queueMicrotask(() => this.#tell());
  }

  current(): QueryState<Data> {
    return this.#query.current();
  }

  subscribe(listener: Listener): Stop {
    const end = this.#query.subscribe(listener);
    const stop = (): void => {
      this.#stops.delete(stop);
      end();
    };
    this.#stops.add(stop);
    return stop;
  }

  refetch(): Promise<Data> {
    return this.#query.refetch();
  }

  /** Ends the callbacks and every listener of this object. */
  unsubscribe(): void {
    for (const stop of this.#stops) stop();
  }

  #tell(): void {
    const state = this.current();
    if (this.#stops.size === 0 || state === this.#told) return;
    this.#told = state;
    if (state.status === 'success') this.#callbacks.onUpdate?.(state.data);
    if (state.status === 'error') this.#callbacks.onError(state.error);
  }
}
