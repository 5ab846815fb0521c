import { overLimit, type ProjectLimits } from '@betterbase/core';

/** Whoever runs an action may be gone without a word: after this its slot is free again, ms. */
const slotLife = 15 * 60_000;

/**
 * How many actions may run at once.
 *
 * Holds: the tickets of those that run. An object that is put to sleep forgets them, and then lets more run than it should.
 */
export class ActionSlots {
  readonly #limits: () => ProjectLimits;
  readonly #now: () => number;
  /** Oldest first: when each was taken, ms. */
  readonly #taken = new Map<string, number>();

  constructor(parts: { readonly limits: () => ProjectLimits; readonly now: () => number }) {
    this.#limits = parts.limits;
    this.#now = parts.now;
  }

  /** @throws BetterBaseError `limit/concurrent-actions` */
  take(ticket: string): void {
    const now = this.#now();
    for (const [oldest, at] of this.#taken) {
      if (at > now - slotLife) break;
      this.#taken.delete(oldest);
    }
    const { concurrentActions } = this.#limits();
    if (this.#taken.size >= concurrentActions) {
      throw overLimit('concurrentActions', concurrentActions, {
        measured: this.#taken.size + 1,
        what: `${this.#taken.size} actions of this project run already`,
        hint: 'Try again when one of them has ended.',
      });
    }
    this.#taken.set(ticket, now);
  }

  /** Unknown tickets are those of actions that were never counted. */
  free(ticket: string): void {
    this.#taken.delete(ticket);
  }
}
