import { toHex } from '@betterbase/core/bytes';
import type { SqlValue } from '../disk/sql-disk.ts';

/** Object ids of types, as in `pg_type`. They are fixed. */
const types = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701 } as const;

/** Every value goes as text: its type is what the statement makes of it. */
export function encodeParameter(value: SqlValue): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : `\\x${toHex(value)}`;
}

/** What a column's text means. */
export function decoderFor(type: number): (text: string) => SqlValue {
  switch (type) {
    case types.bool:
      return (text) => (text === 't' || text === 'true' ? 1 : 0);
    case types.bytea:
      return fromHex;
    case types.int8:
      return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
    case types.int2:
    case types.int4:
    case types.oid:
    case types.float4:
    case types.float8:
      return Number;
    default:
      return (text) => text;
  }
}

/** `\x00ff`, as Postgres writes bytes. */
function fromHex(text: string): ArrayBuffer {
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 + 2 * at, 4 + 2 * at), 16);
  return bytes.buffer;
}
