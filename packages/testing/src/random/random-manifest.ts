import type { EncodedValue, FieldJson, ValidatorJson } from '@betterbase/core';
import type { IndexManifest, TableManifest } from '@betterbase/protocol';
import { randomObjectValidator, randomValidator } from './random-validator.ts';
import type { Seeded } from './seeded.ts';

/** A table with documents of any kind: mostly an object of a few fields, sometimes of many, a union, a record, or anything. */
export function randomTable(random: Seeded, name: string): TableManifest {
  const document = randomDocumentType(random);
  return { name, document, indexes: randomIndexes(random, document) };
}

/**
 * The same table a deployment later: perhaps under another name, with other indexes, and fields that come, go, are renamed or
 * filled in, or change what they allow. Hints of earlier deployments may stay.
 */
export function randomlyChanged(
  random: Seeded,
  { renamedFrom = '', renamedFields = {}, defaults = {}, ...table }: TableManifest,
): TableManifest {
  const hints = { renamedFields: { ...renamedFields }, defaults: { ...defaults } };
  const renamed = random.chance(0.2)
    ? { name: `things_${random.below(1_000)}`, renamedFrom: table.name }
    : renamedFrom === ''
      ? {}
      : { renamedFrom };
  return { ...changedTable(random, table, hints), ...renamed, ...hints };
}

interface Hints {
  readonly renamedFields: Record<string, string>;
  readonly defaults: Record<string, EncodedValue>;
}

function changedTable(random: Seeded, table: TableManifest, hints: Hints): TableManifest {
  const document = table.document.type === 'object' ? changedObject(random, table.document.value, hints) : table.document;
  const changed = random.chance(0.1) ? ({ type: 'union', value: [document, { type: 'object', value: {} }] } as const) : document;
  const kept = table.indexes.filter(() => random.chance(0.7));
  const names = new Set(kept.map((index) => index.name));
  return { ...table, document: changed, indexes: [...kept, ...randomIndexes(random, changed).filter((index) => !names.has(index.name))] };
}

function changedObject(random: Seeded, fields: Readonly<Record<string, FieldJson>>, hints: Hints): ValidatorJson {
  const value: Record<string, FieldJson> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (random.chance(field.optional ? 0.1 : 0.03)) continue;
    const newName = random.chance(0.05) ? `moved_${random.below(1_000)}` : name;
    if (newName !== name && !Object.hasOwn(fields, newName) && !Object.hasOwn(value, newName)) {
      hints.renamedFields[newName] = name;
      value[newName] = field;
    } else value[name] = random.chance(0.2) ? changedField(random, field) : field;
  }
  if (random.chance(0.3)) {
    const name = `filled_${random.below(1_000)}`;
    value[name] = { fieldType: { type: 'string' }, optional: false };
    hints.defaults[name] = 'filled';
  }
  if (random.chance(0.5)) value[`new_${random.below(5)}`] = { fieldType: randomValidator(random, 1), optional: true };
  return { type: 'object', value };
}

function changedField(random: Seeded, { fieldType, optional }: FieldJson): FieldJson {
  switch (random.below(5)) {
    case 0:
      return { fieldType, optional: !optional };
    case 1:
      return { fieldType: { type: 'any' }, optional };
    case 2:
      return { fieldType: { type: 'union', value: [fieldType, randomValidator(random, 0)] }, optional: true };
    case 3:
      return { fieldType: { type: 'union', value: [fieldType, { type: 'null' }] }, optional };
    default:
      return { fieldType: fieldType.type === 'union' ? (fieldType.value[0] ?? fieldType) : fieldType, optional };
  }
}

function randomIndexes(random: Seeded, document: ValidatorJson): IndexManifest[] {
  const fields = [...fieldNames(document), 'missing', 'a.b'];
  return random.many(4, (position): IndexManifest => {
    const indexed = [...new Set([pickField(random, fields), ...random.many(2, () => pickField(random, fields))])];
    return {
      kind: 'index',
      name: `index_${position}`,
      fields: indexed,
      unique: random.chance(0.1),
      ...(random.chance(0.3) ? { counted: true } : {}),
    };
  });
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
  for (let position = 0; position < 110; position++)
    fields[`f${position}`] = { fieldType: randomValidator(random, 0), optional: random.chance(0.5) };
  return { type: 'object', value: fields };
}

function fieldNames(document: ValidatorJson): readonly string[] {
  if (document.type === 'object') return Object.keys(document.value);
  return document.type === 'union' ? document.value.flatMap(fieldNames) : ['k'];
}

function pickField(random: Seeded, fields: readonly string[]): string {
  return fields[random.below(fields.length)] ?? 'missing';
}
