import type { HazardKind } from './moves.ts';

/** One life of the process, or of the engine in it. What belongs to a life that is over reaches nothing any more. */
export interface Life {
  isOver: boolean;
  /** Calls that have not been answered. */
  underWay: number;
  /** Rejects when an engine is ended. */
  readonly end: Promise<never>;
  readonly over: (reason: Error) => void;
}

export function newLife(): Life {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const life: Life = {
    isOver: false,
    underWay: 0,
    end: promise,
    over: (reason) => {
      life.isOver = true;
      reject(reason);
    },
  };
  return life;
}

/**
 * Loses the process, the engine or a call, at a step that was chosen before.
 *
 * Holds: what is to be lost, and in how many steps. A step lies before and after everything that one of the two databases
 * does for the other.
 */
export class Hazards {
  #armed: { readonly kind: HazardKind; left: number }[] = [];
  /** Steps taken so far. */
  steps = 0;
  /** What was lost so far. */
  readonly struck: Record<HazardKind, number> = { kill: 0, abort: 0, stick: 0 };

  arm(kind: HazardKind, after: number): void {
    this.#armed.push({ kind, left: after });
  }

  disarm(): void {
    this.#armed = [];
  }

  /** What is lost at this step. */
  next(): HazardKind | null {
    this.steps += 1;
    let struck: HazardKind | null = null;
    for (const hazard of this.#armed) {
      hazard.left -= 1;
      if (hazard.left < 0) struck ??= hazard.kind;
    }
    if (struck === null) return null;
    this.#armed = this.#armed.filter(({ left }) => left >= 0);
    this.struck[struck] += 1;
    return struck;
  }
}

/** Work that is lost. */
export function never(): Promise<never> {
  return new Promise(() => {});
}
