import { AppError, BetterBaseError, decodeValue, type ErrorCode } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** The error a caller gets for one that came over the wire. The server may know codes that this client does not. */
export function toError(wire: WireError): BetterBaseError | AppError {
  if (wire.data !== undefined) return new AppError(decodeValue(wire.data));
  return new BetterBaseError(wire.code, wire.message, { ...(wire.hint === undefined ? {} : { hint: wire.hint }), details: wire.details });
}

/** Asks for the form alone: the table of codes is long, and the server's may be longer. */
export function hasCodeForm(code: unknown): code is ErrorCode {
  return typeof code === 'string' && /^[a-z]+\/[a-z-]+$/.test(code);
}
