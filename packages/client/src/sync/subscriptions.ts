/**
 * Which queries this client wishes to keep fresh.
 *
 * Holds: one subscription for each query, and what the server has not been told yet.
 * Does not hold: who wishes it and how many, answers, the socket.
 * Always true: an id names one wish for ever; it is never given to another.
 */
import type { ClientMessage, WatchRequest } from '@betterbase/protocol';
import type { QueryCall } from './query-call.ts';

interface Subscription {
  readonly call: QueryCall;
  readonly id: number;
}

type WatchMessage = Extract<ClientMessage, { type: 'watch' }>;
/** What is known of the answer to a query. */
type Held = (key: string) => { readonly hash?: string | undefined; readonly journal?: string | undefined };

export class Subscriptions {
  readonly #byKey = new Map<string, Subscription>();
  readonly #keyOf = new Map<number, string>();
  readonly #untold = new Set<number>();
  readonly #unwanted = new Set<number>();
  #lastId = 0;

  /** Does nothing when it is subscribed to already. */
  add(call: QueryCall): void {
    if (!this.#byKey.has(call.key)) this.#ask(call);
  }

  drop(key: string): void {
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    this.#forget(known);
    this.#byKey.delete(key);
  }

  /** Asks the server again, under a new id. */
  refresh(key: string): void {
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    this.#forget(known);
    this.#ask(known.call);
  }

  keyOf(id: number): string | undefined {
    return this.#keyOf.get(id);
  }

  /** Every query that is subscribed to. */
  calls(): readonly QueryCall[] {
    return Array.from(this.#byKey.values(), ({ call }) => call);
  }

  /** What the server must be told to keep up with the wishes made since the last time, or null. */
  flush(held: Held): WatchMessage | null {
    const add = [...this.#byKey.values()].filter(({ id }) => this.#untold.has(id));
    const remove = [...this.#unwanted];
    this.#untold.clear();
    this.#unwanted.clear();
    if (add.length === 0 && remove.length === 0) return null;
    return { type: 'watch', add: add.map((one) => toRequest(one, held)), remove };
  }

  /** A new connection knows nothing: everything is to be told again. */
  restart(): void {
    this.#unwanted.clear();
    for (const { id } of this.#byKey.values()) this.#untold.add(id);
  }

  #ask(call: QueryCall): void {
    this.#lastId += 1;
    this.#byKey.set(call.key, { call, id: this.#lastId });
    this.#keyOf.set(this.#lastId, call.key);
    this.#untold.add(this.#lastId);
  }

  #forget({ id }: Subscription): void {
    this.#keyOf.delete(id);
    if (!this.#untold.delete(id)) this.#unwanted.add(id);
  }
}

function toRequest({ call: { key, path, args }, id }: Subscription, held: Held): WatchRequest {
  const { hash, journal } = held(key);
  return { id, path, args, ...(hash === undefined ? {} : { hash }), ...(journal === undefined ? {} : { journal }) };
}
