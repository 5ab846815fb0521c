import type { FieldJson, ValidatorJson } from '@betterbase/core';
import type { IndexManifest, TableManifest } from '@betterbase/protocol';
import { randomObjectValidator, randomValidator } from './random-validator.ts';
import type { Seeded } from './seeded.ts';

/** A table with documents of any kind: mostly an object of a few fields, sometimes of many, a union, a record, or anything. */
export function randomTable(random: Seeded, name: string): TableManifest {
  const document = randomDocumentType(random);
  const fields = [...fieldNames(document), 'missing', 'a.b'];
  const indexes = random.many(4, (position): IndexManifest => {
    const indexed = [...new Set([pickField(random, fields), ...random.many(2, () => pickField(random, fields))])];
    return { kind: 'index', name: `index_${position}`, fields: indexed, unique: false };
  });
  return { name, document, indexes };
}

function randomDocumentType(random: Seeded): ValidatorJson {
  switch (random.below(10)) {
    case 0:
      return { type: 'union', value: [randomObjectValidator(random, 4, 1), randomObjectValidator(random, 4, 1)] };
    case 1:
      return { type: 'record', keys: { type: 'string' }, values: { fieldType: randomValidator(random, 1), optional: false } };
    case 2:
      return wideObject(random);
    default:
      return randomObjectValidator(random, 8, 2);
  }
}

/** More fields than a SQL table has columns. */
function wideObject(random: Seeded): ValidatorJson {
  const fields: Record<string, FieldJson> = {};
  for (let position = 0; position < 110; position++) fields[`f${position}`] = { fieldType: randomValidator(random, 0), optional: random.chance(0.5) };
  return { type: 'object', value: fields };
}

function fieldNames(document: ValidatorJson): readonly string[] {
  if (document.type === 'object') return Object.keys(document.value);
  return document.type === 'union' ? document.value.flatMap(fieldNames) : ['k'];
}

function pickField(random: Seeded, fields: readonly string[]): string {
  return fields[random.below(fields.length)] ?? 'missing';
}
