import type { HostGlobals } from './guest-globals.ts';

/**
 * Waits for handlers, and notices one that will never finish.
 *
 * A handler of a query or mutation only ever waits for `ctx`, so its whole run is microtasks. A timer fires only when the
 * microtasks have drained: if a handler is still pending then, and the store owes it nothing, nothing will wake it.
 * Holds: one timer for a whole turn, so that a run that finishes costs none of its own.
 */
export class SettleWatch {
  readonly #host: Pick<HostGlobals, 'setTimeout' | 'clearTimeout'>;
  #timer: number | null = null;
  #pending: { readonly isWaiting: () => boolean; readonly giveUp: () => void } | null = null;

  constructor(host: Pick<HostGlobals, 'setTimeout' | 'clearTimeout'>) {
    this.#host = host;
  }

  /** The handler's own result, or what `neverFinished` makes of a handler that never settles. */
  async settle<T>(running: Promise<T>, isWaiting: () => boolean, neverFinished: () => Error): Promise<T> {
    const { promise: abandoned, reject } = Promise.withResolvers<never>();
    this.#pending = { isWaiting, giveUp: () => reject(neverFinished()) };
    this.#timer ??= this.#host.setTimeout(this.#onDrained, 0);
    try {
      return await Promise.race([running, abandoned]);
    } finally {
      this.#pending = null;
    }
  }

  /** The turn is over. */
  rest(): void {
    if (this.#timer !== null) this.#host.clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #onDrained = (): void => {
    this.#timer = null;
    const pending = this.#pending;
    if (pending === null) return;
    if (pending.isWaiting()) this.#timer = this.#host.setTimeout(this.#onDrained, 1);
    else pending.giveUp();
  };
}
