import type { MoveOutcome, MoveRequest } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { TaskWork } from '../turns/work.ts';
import { toWireError } from '../wire-errors.ts';

export interface MoverParts {
  /** Why nobody can talk with the project; null when somebody can. */
  readonly refusal: () => Promise<WireError | null>;
  /** Puts work in line. */
  readonly add: (work: TaskWork) => void;
  /** Returns when everything else that has reached this process by now has had its turn. */
  readonly rest: () => Promise<void>;
}

/**
 * Takes the steps of exports and imports to the engine, each in line with what clients want.
 *
 * Holds: nothing. Where an export or import stands is in the engine's database.
 */
export class Mover {
  readonly #parts: MoverParts;

  constructor(parts: MoverParts) {
    this.#parts = parts;
  }

  /** Never fails: what goes wrong is an outcome. */
  async step(request: MoveRequest): Promise<MoveOutcome> {
    const refusal = await this.#parts.refusal();
    if (refusal !== null) return { ok: false, error: refusal };
    // Steps follow each other without waiting for anything outside, and the network is looked at only when nothing is left to do.
    await this.#parts.rest();
    return new Promise((resolve) => {
      const refuse = (error: WireError): void => resolve({ ok: false, error });
      try {
        this.#parts.add({
          do: 'task',
          operation: { do: 'move', request },
          settle: (result) =>
            result.do === 'move' ? resolve(result.outcome) : refuse(toWireError(new Error(`A step was answered with ${result.do}.`))),
          refuse,
        });
      } catch (full) {
        refuse(toWireError(full));
      }
    });
  }
}
