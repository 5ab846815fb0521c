import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { pathStep } from './path.ts';

/** Thrown while walking into a value; every level on the way out adds its step, so that a good value pays nothing for paths. */
export class BadPart extends Error {
  readonly reason: string;
  readonly hint: string | undefined;
  #path = '';

  constructor(reason: string, hint?: string) {
    super(reason);
    this.reason = reason;
    this.hint = hint;
  }

  get path(): string {
    return this.#path;
  }

  inside(key: string | number): this {
    this.#path = pathStep(key) + this.#path;
    return this;
  }

  toError(code: ErrorCode, root: string): BetterBaseError {
    const path = `${root}${this.#path}`;
    return new BetterBaseError(code, `${path}: ${this.reason}.`, {
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      details: { path, reason: this.reason },
    });
  }
}
