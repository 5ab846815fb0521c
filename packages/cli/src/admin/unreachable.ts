import { BetterBaseError } from '@betterbase/core';

export function unreachable(url: string, cause: unknown): BetterBaseError {
  return new BetterBaseError('connection/lost', `Nothing answers at ${url}.`, {
    hint: 'Check the address, or start the server with `bb dev`.',
    cause,
  });
}
