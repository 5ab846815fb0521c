/**
 * Who wants to know when a query's state changes.
 *
 * Holds: listeners by query, and the timers of queries whose last listener has just gone.
 * Always true: a query is wanted from its first listener until `linger` ms after its last, so that a component which
 * mounts again at once finds its data.
 */
import type { Platform, Stop } from './platform/platform.ts';
import type { QueryCall } from './sync/query-call.ts';

export type Listener = () => void;

interface WatchersParts {
  readonly linger: number;
  readonly platform: Pick<Platform, 'after' | 'report'>;
  wanted(call: QueryCall): void;
  unwanted(key: string): void;
}

export class Watchers {
  readonly #parts: WatchersParts;
  readonly #listeners = new Map<string, Set<{ readonly listener: Listener }>>();
  readonly #leaving = new Map<string, Stop>();

  constructor(parts: WatchersParts) {
    this.#parts = parts;
  }

  add(call: QueryCall, listener: Listener): Stop {
    // The same function may listen twice.
    const entry = { listener };
    const known = this.#listeners.get(call.key);
    this.#leaving.get(call.key)?.();
    this.#leaving.delete(call.key);
    if (known === undefined) {
      this.#listeners.set(call.key, new Set([entry]));
      this.#parts.wanted(call);
    } else {
      known.add(entry);
    }
    return () => this.#remove(call.key, entry);
  }

  /** Calls every listener of these queries. One that throws does not keep the others from hearing. */
  notify(keys: readonly string[]): void {
    const entries = keys.flatMap((key) => [...(this.#listeners.get(key) ?? [])]);
    for (const { listener } of entries) {
      try {
        listener();
      } catch (error) {
        this.#parts.platform.report(error);
      }
    }
  }

  /** Nobody is told anything any more. */
  clear(): void {
    for (const stop of this.#leaving.values()) stop();
    this.#leaving.clear();
    this.#listeners.clear();
  }

  #remove(key: string, entry: { readonly listener: Listener }): void {
    const entries = this.#listeners.get(key);
    if (entries === undefined || !entries.delete(entry) || entries.size > 0) return;
    const leave = (): void => {
      this.#leaving.delete(key);
      this.#listeners.delete(key);
      this.#parts.unwanted(key);
    };
    this.#leaving.set(key, this.#parts.platform.after(this.#parts.linger, leave));
  }
}
