import type { FunctionCall } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';

/** How long a query that took the engine down is refused, ms. */
export const refusalLife = 60_000;

/**
 * Queries that are not run, because running them took the engine or the process down.
 *
 * Holds: calls that are refused for a while, and functions that are refused until other code is deployed.
 */
export class Refusals {
  readonly #now: () => number;
  readonly #calls = new Map<string, { readonly error: WireError; readonly until: number }>();
  readonly #paths = new Map<string, WireError>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Refuses one call for a while. */
  add(key: string, error: WireError): void {
    this.#calls.set(key, { error, until: this.#now() + refusalLife });
  }

  /** Refuses all calls of a function. */
  addPath(path: string, error: WireError): void {
    this.#paths.set(path, error);
  }

  of({ key, call }: { readonly key: string; readonly call: Pick<FunctionCall, 'path'> }): WireError | undefined {
    const refused = this.#paths.get(call.path);
    if (refused !== undefined || this.#calls.size === 0) return refused;
    const refusal = this.#calls.get(key);
    if (refusal === undefined || refusal.until > this.#now()) return refusal?.error;
    this.#calls.delete(key);
    return undefined;
  }

  clear(): void {
    this.#calls.clear();
    this.#paths.clear();
  }
}
