/**
 * The one order of values, Convex's:
 * undefined < null < int64 < float64 < boolean < string < bytes < array < object.
 */
import type { Value, ValueObject } from './value.ts';

/** Below 0, 0 or above 0. A total order: `0` only for values that are the same, so -0 < 0 and NaN is the largest number. */
export function compareValues(left: Value | undefined, right: Value | undefined): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (typeof left === 'number' && typeof right === 'number') return compareFloats(left, right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : Number(left > right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof ArrayBuffer && right instanceof ArrayBuffer)
    return compareEach<number>(new Uint8Array(left), new Uint8Array(right), (one = 0, other = 0) => one - other);
  if (Array.isArray(left) && Array.isArray(right)) return compareEach<Value>(left, right, compareValues);
  if (isObject(left) && isObject(right)) return compareEach<Value | undefined>(fieldsOf(left), fieldsOf(right), compareValues);
  return 0;
}

/** Whether the two are the same value. A field that is `undefined` counts as absent. */
export function equalValues(left: Value | undefined, right: Value | undefined): boolean {
  return left === right ? left !== 0 || Object.is(left, right) : compareValues(left, right) === 0;
}

/** By code points, which is by UTF-8 bytes; `<` compares UTF-16 units and puts U+1F600 below U+FF00. */
export function compareStrings(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index);
    if (difference !== 0) return liftSurrogate(left.charCodeAt(index)) - liftSurrogate(right.charCodeAt(index));
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others. */
function liftSurrogate(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const primitives = ['undefined', 'null', 'bigint', 'number', 'boolean', 'string'];

function rankOf(value: Value | undefined): number {
  if (typeof value !== 'object') return primitives.indexOf(typeof value);
  if (value === null) return 1;
  if (value instanceof ArrayBuffer) return 6;
  return Array.isArray(value) ? 7 : 8;
}

function isObject(value: Value | undefined): value is ValueObject {
  return rankOf(value) === 8;
}

function compareFloats(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  if (Object.is(left, right)) return 0;
  if (left === 0 && right === 0) return Object.is(left, -0) ? -1 : 1;
  return Number.isNaN(left) ? 1 : -1;
}

/** By the first that differ; of two that begin the same, the shorter is first. */
function compareEach<T>(left: ArrayLike<T>, right: ArrayLike<T>, compare: (one: T | undefined, other: T | undefined) => number): number {
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    const order = compare(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Name, value, name, value, …, by name. */
function fieldsOf(object: ValueObject): (Value | undefined)[] {
  return Object.keys(object)
    .filter((field) => object[field] !== undefined)
    .sort(compareStrings)
    .flatMap((field) => [field, object[field]]);
}
