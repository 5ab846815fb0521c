/** What a document, an argument or a result can be made of. `bigint` is a signed 64-bit integer. */
export type Value = null | bigint | number | boolean | string | ArrayBuffer | ValueArray | ValueObject;
export type ValueArray = Value[];
/** A plain object. A field that is `undefined` counts as absent. */
export interface ValueObject {
  [field: string]: Value | undefined;
}

/** A value as JSON: int64, bytes, NaN, ±Infinity and -0 are tagged objects (see `encode.ts`). */
export type EncodedValue = null | boolean | number | string | EncodedValue[] | { [field: string]: EncodedValue };

/** A document's id: opaque, lower-case, URL-safe, and branded with its table. */
export type Id<Table extends string> = string & { readonly __table: Table };

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
