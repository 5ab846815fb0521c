import { BetterBaseError } from '@betterbase/core';

/** A part of the store that has to be there. @throws BetterBaseError `provider/cannot` */
export function present<T>(part: T | undefined, what: string): T {
  if (part !== undefined) return part;
  throw new BetterBaseError('provider/cannot', `The place where this project keeps its documents does not do ${what}.`, {
    details: { capability: what },
  });
}
