import { type AppError, type BetterBaseError, decodeValue, type EncodedValue, type Value } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import { toError } from '../errors/to-error.ts';

/** What a caller can get instead of a value: an error with a name, or what the app threw on purpose. */
export type CallError = BetterBaseError | AppError;

/** How a mutation or an action ended. */
export type Outcome = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: CallError };

export function toOutcome(result: { readonly value: EncodedValue } | { readonly error: WireError }): Outcome {
  return 'error' in result ? { ok: false, error: toError(result.error) } : { ok: true, value: decodeValue(result.value) };
}
