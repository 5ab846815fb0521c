import { errorCodes } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** The WebSocket close code of an error that ends a connection. */
export function closeCodeOf({ code }: WireError): number {
  const row = errorCodes[code];
  return 'closeCode' in row ? row.closeCode : 1011;
}
