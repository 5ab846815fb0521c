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
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof ArrayBuffer && right instanceof ArrayBuffer) return compareBytes(new Uint8Array(left), new Uint8Array(right));
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
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

function rankOf(value: Value | undefined): number {
  switch (typeof value) {
    case 'undefined':
      return 0;
    case 'bigint':
      return 2;
    case 'number':
      return 3;
    case 'boolean':
      return 4;
    case 'string':
      return 5;
    case 'object':
      if (value === null) return 1;
      if (value instanceof ArrayBuffer) return 6;
      return Array.isArray(value) ? 7 : 8;
    default:
      return value satisfies never;
  }
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

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareArrays(left: readonly Value[], right: readonly Value[]): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareValues(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: ValueObject, right: ValueObject): number {
  const leftFields = sortedFields(left);
  const rightFields = sortedFields(right);
  const shared = Math.min(leftFields.length, rightFields.length);
  for (let index = 0; index < shared; index += 1) {
    const leftField = leftFields[index] ?? '';
    const rightField = rightFields[index] ?? '';
    const order = compareStrings(leftField, rightField) || compareValues(left[leftField], right[rightField]);
    if (order !== 0) return order;
  }
  return leftFields.length - rightFields.length;
}

function sortedFields(object: ValueObject): string[] {
  return Object.keys(object)
    .filter((field) => object[field] !== undefined)
    .sort(compareStrings);
}
