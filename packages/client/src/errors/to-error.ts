import { AppError, BetterBaseError, decodeValue, isErrorCode } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** The error a caller gets for one that came over the wire. A code that only newer servers know is kept in `details`. */
export function toError(wire: WireError): BetterBaseError | AppError {
  if (wire.data !== undefined) return new AppError(decodeValue(wire.data));
  const hint = wire.hint === undefined ? {} : { hint: wire.hint };
  return isErrorCode(wire.code)
    ? new BetterBaseError(wire.code, wire.message, { ...hint, details: wire.details })
    : new BetterBaseError('internal/unexpected', wire.message, { ...hint, details: { code: wire.code } });
}
