import { asPromised } from './function-call.ts';
import type { Link } from './link.ts';
import type { Stop } from './platform/platform.ts';
import type { QueryCall } from './sync/query-call.ts';
import type { QueryState } from './sync/query-state.ts';
import type { Listener } from './watchers.ts';

/** A query to look at and to listen to. It is fresh while somebody listens, and until shortly after. */
export class ObservedQuery<Data> {
  readonly #link: Link;
  readonly #call: QueryCall;

  constructor(link: Link, call: QueryCall) {
    this.#link = link;
    this.#call = call;
  }

  /** The same text for the same function and arguments. */
  get key(): string {
    return this.#call.key;
  }

  /** The same object until something in it changes. */
  current(): QueryState<Data> {
    return asPromised(this.#link.state(this.#call.key));
  }

  /** Calls back whenever `current()` has changed. */
  subscribe(listener: Listener): Stop {
    return this.#link.watch(this.#call, listener);
  }

  /** Asks the server again, at once if it was waiting to reconnect, and returns its answer. */
  async refetch(): Promise<Data> {
    await this.#link.refresh(this.#call);
    const { status, data, error } = this.current();
    if (status === 'error') throw error;
    return asPromised(data);
  }
}
