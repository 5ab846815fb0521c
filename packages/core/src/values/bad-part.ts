import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { formatSteps } from './path.ts';

/** Thrown while walking into a value; every level on the way out adds its step, so that a good value pays nothing for paths. */
export class BadPart extends Error {
  readonly reason: string;
  /** The part itself. */
  readonly part: unknown;
  readonly hint: string | undefined;
  /** From the value that was walked into to the part, innermost first. */
  readonly steps: (string | number)[] = [];

  constructor(reason: string, part: unknown, hint?: string) {
    super(reason);
    this.reason = reason;
    this.part = part;
    this.hint = hint;
  }

  inside(step: string | number): this {
    this.steps.push(step);
    return this;
  }

  toError(code: ErrorCode, root: string): BetterBaseError {
    const path = root + formatSteps(this.steps);
    return new BetterBaseError(code, `${path}: ${this.reason}.`, {
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      details: { path, reason: this.reason },
    });
  }
}
