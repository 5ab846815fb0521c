import { v, type Value } from '@betterbase/core';
import type { Seeded } from '../random/seeded.ts';

export const fieldNames = ['a', 'b', 'c'] as const;

/** Few values of each kind, among them those that are easily confused, so that keys collide often. */
const values: Readonly<Record<FieldKind, readonly (Value | undefined)[]>> = {
  number: [0, -0, 1, 2, 3, Number.NaN],
  string: ['', 'x', 'xy', 'y', 'é', 'x y', 'Y, xy'],
  boolean: [false, true],
  optional: [undefined, 1, 2],
  any: [null, 1, 'x', true, [1], { k: 1 }, 5n],
};
export const validators = {
  number: v.number(),
  string: v.string(),
  boolean: v.boolean(),
  optional: v.optional(v.number()),
  any: v.any(),
} as const;
export type FieldKind = keyof typeof validators;

export interface RandomTable {
  readonly name: string;
  readonly kinds: Readonly<Record<string, FieldKind>>;
  readonly indexes: readonly { readonly name: string; readonly fields: readonly [string, ...string[]] }[];
}

/** The fields that can hold text; each has a search index, which filters by every field. */
export function textFields(table: RandomTable): string[] {
  return fieldNames.filter((field) => table.kinds[field] === 'string' || table.kinds[field] === 'any');
}

export function randomTable(name: string, random: Seeded): RandomTable {
  const kinds: Record<string, FieldKind> = {};
  for (const field of fieldNames) kinds[field] = random.pickAny(['number', 'string', 'boolean', 'optional', 'any']);
  const indexes = Array.from({ length: 1 + random.below(3) }, (_, at) => ({ name: `by_${at}`, fields: randomIndexFields(random) }));
  return { name, kinds, indexes };
}

function randomIndexFields(random: Seeded): [string, ...string[]] {
  const [first = 'a', second = 'b'] = random.shuffled(fieldNames);
  return random.chance(0.5) ? [first] : [first, second];
}

export function randomValue(kind: FieldKind, random: Seeded): Value | undefined {
  const choices = values[kind];
  return choices[random.below(choices.length)];
}

export function randomFields(table: RandomTable, random: Seeded): { [field: string]: Value } {
  const fields: { [field: string]: Value } = {};
  for (const field of fieldNames) {
    const value = randomValue(table.kinds[field] ?? 'any', random);
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}
