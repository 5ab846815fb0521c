import type { HranaValue } from './hrana-protocol.ts';

/** What the `libsql` package binds for a value. */
export function decodeHranaValue(value: HranaValue): null | bigint | number | string | Buffer {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(value.value);
    case 'float':
    case 'text':
      return value.value;
    case 'blob':
      return Buffer.from(value.base64, 'base64');
    default:
      return value satisfies never;
  }
}

/** What the `libsql` package, asked for safe integers, gives. */
export function encodeHranaValue(value: unknown): HranaValue {
  if (typeof value === 'bigint') return { type: 'integer', value: value.toString() };
  if (typeof value === 'number') return { type: 'float', value };
  if (typeof value === 'string') return { type: 'text', value };
  if (value instanceof Uint8Array) return { type: 'blob', base64: Buffer.from(value).toString('base64').replace(/=+$/, '') };
  return { type: 'null' };
}
