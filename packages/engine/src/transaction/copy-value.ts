import { isPlainObject, type Value } from '@betterbase/core';

/** A deep copy, so that what a handler does to its objects later does not reach what it read or wrote. */
function copyValue<T extends Value | undefined>(value: T): T;
function copyValue(value: Value | undefined): Value | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (Array.isArray(value)) return value.map((item) => copyValue(item));
  // What is no value (a Date, a Map) is left for the validator to refuse by its own name.
  return isPlainObject(value) ? copyFields(value) : value;
}

/** Copies a document's or object's fields, leaving out those that are undefined. */
export function copyFields(object: { readonly [field: string]: Value | undefined }): { [field: string]: Value } {
  const copy: { [field: string]: Value } = {};
  for (const field of Object.keys(object)) {
    const value = object[field];
    if (value === undefined) continue;
    const copied = copyValue(value);
    // A plain assignment to `__proto__` would set the prototype instead of a field.
    if (field === '__proto__') Object.defineProperty(copy, field, { value: copied, enumerable: true, writable: true, configurable: true });
    else copy[field] = copied;
  }
  return copy;
}
