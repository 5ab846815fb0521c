import type { Value } from '@betterbase/core';
import { encodeKey } from '../keys/encode-key.ts';
import type { StoredDocument } from '../ports/document-store.ts';

/** The index of a table by `_id`, which every table has. */
export const byId = 'by_id';
/** The index of a table by `_creationTime`, which every table has. */
export const byCreationTime = 'by_creation_time';

/** The fields that order an index, its tie-breaker `_creationTime` included. `by_id` needs none. */
export function keyFields(index: string, fields: readonly string[]): readonly string[] {
  return index === byId ? ['_id'] : index === byCreationTime ? ['_creationTime'] : [...fields, '_creationTime'];
}

/** The value at a field path (`a` or `a.b.c`), or undefined where anything on the way is missing. */
export function fieldAt(document: { readonly [field: string]: Value | undefined }, path: string): Value | undefined {
  if (!path.includes('.')) return ownField(document, path);
  let value: Value | undefined = document;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ArrayBuffer) return undefined;
    value = ownField(value, step);
  }
  return value;
}

/** What every object inherits (`constructor`) is a function, which no value is. */
function ownField(object: { readonly [field: string]: Value | undefined }, field: string): Value | undefined {
  const value = object[field];
  return typeof value === 'function' ? undefined : value;
}

export function keyValues(document: StoredDocument, fields: readonly string[]): (Value | undefined)[] {
  return fields.map((field) => fieldAt(document, field));
}

/** The place of a document in an index, as one comparable key. `fields` as of `keyFields`. */
export function indexKey(document: StoredDocument, fields: readonly string[]): string {
  return encodeKey(keyValues(document, fields));
}
