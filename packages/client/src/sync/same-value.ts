import type { Value } from '@betterbase/core';

/** True if both are the same value, however it was made. */
export function isSameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof ArrayBuffer || other instanceof ArrayBuffer) {
    return one instanceof ArrayBuffer && other instanceof ArrayBuffer && isSameValue([...new Uint8Array(one)], [...new Uint8Array(other)]);
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((element, index) => isSameValue(element, other[index]))
    );
  }
  const fields = Object.keys({ ...one, ...other });
  return fields.every((field) => isSameValue(one[field], other[field]));
}
