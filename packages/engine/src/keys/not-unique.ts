import {
  BetterBaseError,
  encodeToJson,
  type EncodedValue,
  encodeValue,
  isBetterBaseError,
  isPlainObject,
  type Value,
} from '@betterbase/core';

/** A unique index that would hold a key twice. */
export interface UniqueClash {
  readonly table: string;
  readonly index: string;
  readonly fields: readonly string[];
  readonly values: readonly (Value | undefined)[];
  /** The documents that have the key. */
  readonly ids: readonly string[];
}

export function notUnique(clash: UniqueClash, cause: unknown): BetterBaseError {
  const { table, index, fields, values, ids } = clash;
  const named: { [field: string]: EncodedValue | null } = {};
  for (const [position, field] of fields.entries()) named[field] = encodeValue(values[position] ?? null);
  const said = fields.map(
    (field, position) => `${field} ${values[position] === undefined ? 'missing' : shorten(encodeToJson(values[position]))}`,
  );
  return new BetterBaseError(
    'document/not-unique',
    `Two documents of \`${table}\` would have ${said.join(', ')}, and its index \`${index}\` is unique.`,
    {
      hint: `Look for the document with .withIndex('${index}', …) before writing, and change that one.`,
      details: { table, index, fields, values: named, ids },
      cause,
    },
  );
}

/** The same refusal for somebody who may not know which documents there are. */
export function withoutIds(refused: unknown): unknown {
  if (!isBetterBaseError(refused) || refused.code !== 'document/not-unique' || !isPlainObject(refused.details)) return refused;
  const { ids: _untold, ...details } = refused.details;
  return new BetterBaseError(refused.code, refused.message, { details });
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
