import type { ProjectLimits } from '@betterbase/core';

/** The limits that a function may set for those that it calls in its transaction. */
const narrowable = [
  'bytesRead',
  'bytesWritten',
  'ranges',
  'documentsRead',
  'documentsWritten',
  'scheduledFunctions',
  'scheduledArgumentBytes',
] as const;
export type Narrowing = Partial<Record<(typeof narrowable)[number], number>>;

/** The limits of a run. Calls inside it may have narrower ones while they last. */
export class Allowances {
  limits: ProjectLimits;
  readonly #ofRun: ProjectLimits;
  readonly #narrowings = new Set<Narrowing>();

  constructor(limits: ProjectLimits) {
    this.limits = limits;
    this.#ofRun = limits;
  }

  /** From now on the run may use this much altogether, until what is returned is called. */
  narrow(most: Narrowing): () => void {
    this.#narrowings.add(most);
    this.#apply();
    return () => {
      this.#narrowings.delete(most);
      this.#apply();
    };
  }

  #apply(): void {
    const limits = { ...this.#ofRun };
    for (const most of this.#narrowings)
      for (const name of narrowable) limits[name] = Math.min(limits[name], most[name] ?? Number.POSITIVE_INFINITY);
    this.limits = limits;
  }
}
