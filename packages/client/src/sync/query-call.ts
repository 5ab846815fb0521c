import type { EncodedValue } from '@betterbase/core';

/** One query with its arguments. Two calls with equal keys ask the same thing and share everything. */
export interface QueryCall {
  readonly key: string;
  readonly path: string;
  readonly args: EncodedValue;
}

export function toQueryCall(path: string, args: EncodedValue): QueryCall {
  return { key: `${path} ${canonicalJson(args)}`, path, args };
}

/** The same text for the same value, whatever the order of its fields. */
function canonicalJson(value: EncodedValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join()}}`;
}
