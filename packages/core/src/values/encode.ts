/// <reference lib="es2024.string" />
/**
 * Values as JSON.
 *
 * Always true: `decodeValue(encodeValue(value))` equals `value`, NaN and -0 included; a field that is `undefined` is absent
 * in the result. Whatever has no exact JSON form is a tagged object: `{"$integer"}`, `{"$float"}`, `{"$bytes"}`.
 */
import { BadPart } from './bad-part.ts';
import { encodeBase64 } from './base64.ts';
import { describeValue } from './describe.ts';
import { fieldNameProblem } from './field-name.ts';
import { type EncodedValue, isPlainObject } from './value.ts';

/** Values may be nested this deep. A cycle is deeper than any limit. */
export const maxValueDepth = 64;

/**
 * The value as JSON. Returns the very same object when nothing in it needs encoding, so treat the result as read-only.
 *
 * @throws BetterBaseError `value/unsupported`, naming the path of what cannot be a value. `root` is the path's beginning.
 */
export function encodeValue(value: unknown, root = 'value'): EncodedValue {
  try {
    return encodePart(value, 0);
  } catch (error) {
    throw error instanceof BadPart ? error.toError('value/unsupported', root) : error;
  }
}

/**
 * JSON text of the encoded value.
 *
 * @throws BetterBaseError `value/unsupported`
 */
export function encodeToJson(value: unknown, root?: string): string {
  return JSON.stringify(encodeValue(value, root));
}

/** Where and why this is no value; null when it is one. */
export function findBadPart(value: unknown): BadPart | null {
  try {
    encodePart(value, 0);
    return null;
  } catch (error) {
    if (error instanceof BadPart) return error;
    throw error;
  }
}

function encodePart(value: unknown, depth: number): EncodedValue {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      throw new BadPart(
        'the string has half of a surrogate pair',
        value,
        'Cut strings with Array.from(text), or repair them with text.toWellFormed().',
      );
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $float: encodeFloat(value) };
    case 'boolean':
      return value;
    case 'bigint':
      return { $integer: encodeInteger(value) };
    case 'object':
      if (value === null) return null;
      if (value instanceof ArrayBuffer) return { $bytes: encodeBase64(new Uint8Array(value)) };
      if (depth >= maxValueDepth)
        throw new BadPart(`nested more than ${maxValueDepth} deep`, value, 'Is there a cycle? Refer to other documents by their ids.');
      if (Array.isArray(value)) return encodeArray(value, depth);
      if (isPlainObject(value)) return encodeObject(value, depth);
      throw unsupported(value);
    default:
      throw unsupported(value);
  }
}

function encodeArray(array: readonly unknown[], depth: number): EncodedValue {
  let copy: EncodedValue[] | null = null;
  let index = 0;
  try {
    for (; index < array.length; index += 1) {
      const encoded = encodePart(array[index], depth + 1);
      if (copy === null && encoded !== array[index]) copy = array.slice(0, index) as EncodedValue[];
      copy?.push(encoded);
    }
  } catch (error) {
    throw error instanceof BadPart ? error.inside(index) : error;
  }
  // Without a copy every element is its own encoding.
  return copy ?? (array as EncodedValue[]);
}

function encodeObject(object: Record<string, unknown>, depth: number): EncodedValue {
  let copy: Record<string, EncodedValue> | null = null;
  let field = '';
  try {
    for (field in object) {
      const value = object[field];
      checkField(field, value);
      if (value === undefined) {
        copy ??= copyBefore(object, field);
        continue;
      }
      const encoded = encodePart(value, depth + 1);
      if (copy === null && encoded !== value) copy = copyBefore(object, field);
      if (copy !== null) copy[field] = encoded;
    }
  } catch (error) {
    throw error instanceof BadPart ? error.inside(field) : error;
  }
  // Without a copy every field is its own encoding.
  return copy ?? (object as Record<string, EncodedValue>);
}

function checkField(field: string, value: unknown): void {
  const problem = fieldNameProblem(field);
  if (problem !== null) throw new BadPart(problem, value);
}

/** The fields in front of `end`, all of which are their own encodings. */
function copyBefore(object: Record<string, unknown>, end: string): Record<string, EncodedValue> {
  const copy: Record<string, EncodedValue> = {};
  for (const field in object) {
    if (field === end) break;
    copy[field] = object[field] as EncodedValue;
  }
  return copy;
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

function encodeInteger(value: bigint): string {
  if (BigInt.asIntN(64, value) !== value)
    throw new BadPart(`${describeValue(value)} does not fit into 64 bits`, value, 'Store larger numbers as strings.');
  scratch.setBigInt64(0, value, true);
  return encodeBase64(scratchBytes);
}

function encodeFloat(value: number): string {
  scratch.setFloat64(0, value, true);
  return encodeBase64(scratchBytes);
}

function unsupported(value: unknown): BadPart {
  return new BadPart(`${describeValue(value)} is not a value that can be stored or sent`, value, hintFor(value));
}

function hintFor(value: unknown): string {
  if (value === undefined) return 'Use null, or leave the field out.';
  if (value instanceof Date) return 'Use date.getTime() or date.toISOString().';
  if (value instanceof Map) return 'Use Object.fromEntries(map).';
  if (value instanceof Set) return 'Use an array: [...set].';
  if (ArrayBuffer.isView(value)) return 'Bytes are an ArrayBuffer: use bytes.slice().buffer.';
  if (value instanceof Promise) return 'Await the promise first.';
  return 'Values are null, booleans, numbers, bigints, strings, ArrayBuffers, arrays and plain objects.';
}
