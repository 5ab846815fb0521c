/**
 * The one order-preserving encoding of index keys.
 *
 * A key is a binary string: every character is one byte (0-255), and `<` on two keys is the order of their values
 * (`compareValues`, field by field). A tuple's key is its components' encodings one after another, so the key of a prefix
 * is a prefix of the key, and no component starts with the byte ff: `prefix + '\xff'` is above all that start with `prefix`.
 *
 * Component = tag, then: int64 and float64 8 bytes; strings their UTF-8 bytes and byte arrays their bytes with 00 and 01
 * written as 01 01 and 01 02, then 00; arrays their elements, then 00; objects (field, value)* by field, then 00.
 */
import type { Value } from '@betterbase/core';

const end = '\x00';
const tags = {
  missing: '\x01',
  null: '\x02',
  int64: '\x03',
  float64: '\x04',
  false: '\x05',
  true: '\x06',
  string: '\x07',
  bytes: '\x08',
  array: '\x09',
  object: '\x0a',
} as const;

const plainString = /^[\x02-\x7f]*$/;
const scratch = new DataView(new ArrayBuffer(8));

/** The key of the first fields of an index. `undefined` stands for a missing field. */
export function encodeKey(values: readonly (Value | undefined)[]): string {
  let key = '';
  for (let position = 0; position < values.length; position++) key += encodeComponent(values[position]);
  return key;
}

function encodeComponent(value: Value | undefined): string {
  switch (typeof value) {
    case 'string':
      return tags.string + encodeText(value) + end;
    case 'number':
      return tags.float64 + encodeFloat(value);
    case 'boolean':
      return value ? tags.true : tags.false;
    case 'undefined':
      return tags.missing;
    case 'bigint':
      scratch.setBigInt64(0, value);
      return tags.int64 + eightBytes((scratch.getUint32(0) ^ 0x8000_0000) >>> 0, scratch.getUint32(4));
    default:
      return value === null ? tags.null : encodeNested(value);
  }
}

function encodeNested(value: Exclude<Value, null | bigint | number | boolean | string>): string {
  if (value instanceof ArrayBuffer) return tags.bytes + escapeBytes(new Uint8Array(value)) + end;
  if (Array.isArray(value)) return tags.array + encodeKey(value) + end;
  const fields: [name: string, encoding: string][] = [];
  for (const [field, member] of Object.entries(value)) {
    if (member !== undefined) fields.push([encodeText(field), encodeComponent(member)]);
  }
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return tags.object + fields.map(([field, member]) => tags.string + field + end + member).join('') + end;
}

/** Negative numbers (and -0) get all bits inverted, the others the sign bit: unsigned byte order is then float order. */
function encodeFloat(value: number): string {
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const low = scratch.getUint32(4);
  // NaN has no sign that JavaScript can see: it is the positive one, above +Infinity.
  if (Number.isNaN(value)) return eightBytes(0xfff8_0000, 0);
  return high >= 0x8000_0000 ? eightBytes(~high >>> 0, ~low >>> 0) : eightBytes((high ^ 0x8000_0000) >>> 0, low);
}

function eightBytes(high: number, low: number): string {
  return String.fromCharCode(
    high >>> 24,
    (high >>> 16) & 255,
    (high >>> 8) & 255,
    high & 255,
    low >>> 24,
    (low >>> 16) & 255,
    (low >>> 8) & 255,
    low & 255,
  );
}

function encodeText(text: string): string {
  if (plainString.test(text)) return text;
  let bytes = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 2) bytes += point === 0 ? '\x01\x01' : '\x01\x02';
    else if (point < 0x80) bytes += character;
    else if (point < 0x800) bytes += String.fromCharCode(0xc0 | (point >> 6), continuation(point));
    // A lone surrogate takes three bytes as well, so that different strings have different keys.
    else if (point < 0x1_0000) bytes += String.fromCharCode(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
    else bytes += String.fromCharCode(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
  }
  return bytes;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

function escapeBytes(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes) escaped += byte > 1 ? String.fromCharCode(byte) : byte === 0 ? '\x01\x01' : '\x01\x02';
  return escaped;
}
