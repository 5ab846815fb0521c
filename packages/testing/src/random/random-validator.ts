import type { FieldJson, LiteralJson, Value, ValidatorJson } from '@betterbase/core';
import { decodeValue } from '@betterbase/core';
import { encodeDocumentId } from '@betterbase/engine';
import { randomBytes, randomInt64, randomNumber, randomString, randomValue } from './random-value.ts';
import type { Seeded } from './seeded.ts';

const literals: readonly [LiteralJson, ...LiteralJson[]] = [
  'a',
  'b',
  '',
  0,
  -1,
  2.5,
  true,
  { $integer: 'AQAAAAAAAAA=' },
  { $float: 'AAAAAAAAAIA=' },
];
const datetimes = ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+02:00', '1999-12-31T23:59Z'] as const;
/** Plain names, names that differ only in case, names that SQL, JavaScript or the store itself have a use for. */
const names = [
  'a',
  'A',
  'b',
  'select',
  'rowid',
  'constructor',
  'two words',
  'été',
  '_seq',
  '_extra',
  '_k_one',
  "quo'te",
  'say"so',
  'x.y',
] as const;

/** Any validator of a required value, nested at most `depth` levels. */
export function randomValidator(random: Seeded, depth = 2): ValidatorJson {
  switch (random.below(depth > 0 ? 18 : 12)) {
    case 0:
    case 1:
      return { type: 'string' };
    case 2:
      return { type: 'number' };
    case 3:
      return { type: 'boolean' };
    case 4:
      return { type: 'bigint' };
    case 5:
      return { type: 'bytes' };
    case 6:
      return { type: 'null' };
    case 7:
      return { type: 'id', tableName: 'things' };
    case 8:
      return { type: random.pick(['datetime', 'fullText']) };
    case 9:
      return { type: 'literal', value: random.pick(literals) };
    case 10:
      return { type: 'vector', dimensions: 1 + random.below(3) };
    case 11:
      return { type: 'any' };
    case 12:
      return { type: 'array', value: randomValidator(random, depth - 1) };
    case 13:
      return { type: 'record', keys: { type: 'string' }, values: { fieldType: randomValidator(random, depth - 1), optional: false } };
    case 14:
      return randomObjectValidator(random, 3, depth - 1);
    case 15:
    case 16:
      return { type: 'union', value: [randomValidator(random, 0), { type: 'null' }] };
    default:
      return { type: 'union', value: [randomValidator(random, depth - 1), randomValidator(random, depth - 1)] };
  }
}

export function randomObjectValidator(random: Seeded, most: number, depth: number): ValidatorJson {
  const fields: Record<string, FieldJson> = {};
  for (const name of random.many(most, () => random.pick(names))) {
    fields[name] = { fieldType: randomValidator(random, depth), optional: random.chance(0.4) };
  }
  return { type: 'object', value: fields };
}

/** A value that the validator allows. */
export function randomValueOf(random: Seeded, type: ValidatorJson): Value {
  switch (type.type) {
    case 'string':
    case 'fullText':
      return randomString(random);
    case 'number':
      return randomNumber(random);
    case 'boolean':
      return random.chance(0.5);
    case 'bigint':
      return randomInt64(random);
    case 'bytes':
      return randomBytes(random);
    case 'null':
      return null;
    case 'id':
      return encodeDocumentId(1, random.bytes(16));
    case 'datetime':
      return random.pick(datetimes);
    case 'literal':
      return decodeValue(type.value);
    case 'any':
      return randomValue(random);
    case 'array':
      return random.many(3, () => randomValueOf(random, type.value));
    case 'record':
      return Object.fromEntries(random.many(3, () => [randomKey(random), randomValueOf(random, type.values.fieldType)]));
    case 'object':
      return randomFieldsOf(random, type.value);
    case 'union':
      return randomValueOf(random, type.value[random.below(type.value.length)] ?? { type: 'null' });
    case 'vector':
      return Array.from({ length: type.dimensions }, () => Math.fround(random.next() - 0.5));
    default:
      return type satisfies never;
  }
}

/** No backslash: V8 13.6 (Node 24) takes the JSON name "k\"" for "k\\" when an object with that field came before. */
function randomKey(random: Seeded): string {
  return `k${randomString(random).replaceAll('\\', '')}`;
}

function randomFieldsOf(random: Seeded, fields: Readonly<Record<string, FieldJson>>): { [field: string]: Value } {
  const object: { [field: string]: Value } = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!field.optional || random.chance(0.6)) object[name] = randomValueOf(random, field.fieldType);
  }
  return object;
}
