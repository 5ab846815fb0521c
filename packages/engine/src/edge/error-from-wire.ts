import { AppError, BetterBaseError, decodeValue } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** The error that a called function ended in, for the caller's `catch`: app errors with their data, the rest by code. */
export function errorFromWire(error: WireError): Error {
  if (error.code === 'function/app-error') return new AppError(error.data === undefined ? null : decodeValue(error.data));
  const { code, message, hint, details } = error;
  return new BetterBaseError(code, message, { ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) });
}
