/** What `convex/values` exports beside validators and errors: Convex's names for ours, and what only its libraries need. */
import { decodeBase64, encodeBase64 } from '../values/base64.ts';
import { isPlainObject } from '../values/value.ts';

export { decodeValue as jsonToConvex } from '../values/decode.ts';
export { encodeValue as convexToJson } from '../values/encode.ts';
export { toValidator as asObjectValidator } from '../validators/object.ts';

/** Never made: here `ctx.db.vars.commitTs` is a value at once. Libraries ask whether something is one. */
export class CommitTsPlaceholder {}

export const Base64 = {
  fromByteArray: encodeBase64,
  /** @throws RangeError for what is no base64 */
  toByteArray(text: string): Uint8Array {
    const bytes = decodeBase64(text);
    if (bytes === null) throw new RangeError('This is no base64.');
    return bytes;
  },
  byteLength: (text: string): number => (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0),
};

/** How many bytes Convex counts a value as. @throws RangeError for what is no value */
export function getConvexSize(value: unknown): number {
  if (value === undefined) return 0;
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'bigint' || typeof value === 'number') return 9;
  if (typeof value === 'string') return 2 + utf8Length(value);
  if (value instanceof ArrayBuffer) return 2 + value.byteLength;
  if (Array.isArray(value)) return value.reduce((size: number, each) => size + getConvexSize(each), 2);
  if (!isPlainObject(value)) throw new RangeError(`A ${typeof value} is no value.`);
  return Object.entries(value).reduce(
    (size, [name, field]) => (field === undefined ? size : size + utf8Length(name) + 1 + getConvexSize(field)),
    2,
  );
}

/** The same of a document; fields that the database will set count too. */
export function getDocumentSize(document: Readonly<Record<string, unknown>>, options: { readonly customIdLength?: number } = {}): number {
  const id = document['_id'] === undefined ? (options.customIdLength === undefined ? 38 : options.customIdLength + 6) : 0;
  return getConvexSize(document) + id + (document['_creationTime'] === undefined ? 23 : 0);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
