/// <reference lib="es2024.string" />
/** JSON back to values: the door through which arguments, results and stored text come in. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { BadPart } from './bad-part.ts';
import { decodeBase64 } from './base64.ts';
import { describeValue } from './describe.ts';
import { maxValueDepth } from './encode.ts';
import { fieldNameProblem } from './field-name.ts';
import { isPlainObject, type Value } from './value.ts';

/**
 * The value that `json` encodes. Returns the very same object when nothing in it is tagged.
 *
 * @throws BetterBaseError `value/bad-encoding`, naming the path.
 */
export function decodeValue(json: unknown, root = 'value'): Value {
  try {
    return decodePart(json, 0);
  } catch (error) {
    throw error instanceof BadPart ? error.toError('value/bad-encoding', root) : error;
  }
}

/**
 * The value in a JSON text.
 *
 * @throws BetterBaseError `value/bad-encoding`, also for text that is no JSON.
 */
export function decodeFromJson(text: string, root?: string): Value {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BetterBaseError('value/bad-encoding', `This is not JSON: ${describeValue(text)}.`, { cause });
  }
  return decodeValue(json, root);
}

function decodePart(json: unknown, depth: number): Value {
  switch (typeof json) {
    case 'string':
      if (json.isWellFormed()) return json;
      throw new BadPart('the string has half of a surrogate pair', json);
    case 'number':
    case 'boolean':
      return json;
    case 'object':
      if (json === null) return null;
      if (depth >= maxValueDepth) throw new BadPart(`nested more than ${maxValueDepth} deep`, json);
      if (Array.isArray(json)) return decodeArray(json, depth);
      if (isPlainObject(json)) return decodeObject(json, depth);
      throw new BadPart(`${describeValue(json)} is not JSON`, json);
    default:
      throw new BadPart(`${describeValue(json)} is not JSON`, json);
  }
}

function decodeArray(array: readonly unknown[], depth: number): Value {
  let copy: Value[] | null = null;
  let index = 0;
  try {
    for (; index < array.length; index += 1) {
      const decoded = decodePart(array[index], depth + 1);
      if (copy === null && decoded !== array[index]) copy = array.slice(0, index) as Value[];
      copy?.push(decoded);
    }
  } catch (error) {
    throw error instanceof BadPart ? error.inside(index) : error;
  }
  // Without a copy every element is its own value.
  return copy ?? (array as Value[]);
}

function decodeObject(object: Record<string, unknown>, depth: number): Value {
  let copy: Record<string, Value> | null = null;
  let field = '';
  try {
    for (field in object) {
      const problem = fieldNameProblem(field);
      if (problem !== null) return decodeTagged(object, field, problem);
      const json = object[field];
      const decoded = decodePart(json, depth + 1);
      if (copy === null && decoded !== json) copy = copyBefore(object, field);
      if (copy !== null) copy[field] = decoded;
    }
  } catch (error) {
    throw error instanceof BadPart ? error.inside(field) : error;
  }
  // Without a copy every field is its own value.
  return copy ?? (object as Record<string, Value>);
}

function copyBefore(object: Record<string, unknown>, end: string): Record<string, Value> {
  const copy: Record<string, Value> = {};
  for (const field in object) {
    if (field === end) break;
    copy[field] = object[field] as Value;
  }
  return copy;
}

function decodeTagged(object: Record<string, unknown>, tag: string, problem: string): Value {
  const text = object[tag];
  const decode = tags.get(tag);
  if (decode === undefined) throw new BadPart(problem, text);
  if (Object.keys(object).length !== 1) throw new BadPart(`an object with ${tag} has no other fields`, object);
  if (typeof text !== 'string') throw new BadPart(`expected base64, got ${describeValue(text)}`, text);
  const bytes = decodeBase64(text);
  if (bytes === null) throw new BadPart(`${describeValue(text)} is not base64`, text);
  return decode(bytes);
}

const tags = new Map<string, (bytes: Uint8Array<ArrayBuffer>) => Value>([
  ['$integer', decodeInteger],
  ['$float', decodeFloat],
  ['$bytes', (bytes) => bytes.buffer],
]);

function decodeInteger(bytes: Uint8Array<ArrayBuffer>): bigint {
  if (bytes.length !== 8) throw new BadPart(`an int64 has 8 bytes, not ${bytes.length}`, bytes.buffer);
  return new DataView(bytes.buffer).getBigInt64(0, true);
}

function decodeFloat(bytes: Uint8Array<ArrayBuffer>): number {
  if (bytes.length !== 8) throw new BadPart(`a float64 has 8 bytes, not ${bytes.length}`, bytes.buffer);
  const value = new DataView(bytes.buffer).getFloat64(0, true);
  // One value, one encoding: equal texts are equal values wherever results are compared or cached.
  if (Number.isFinite(value) && !Object.is(value, -0))
    throw new BadPart(`${describeValue(value)} is to be written as a plain JSON number`, value);
  return value;
}
