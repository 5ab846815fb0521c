/** Documents as records of CSV: which columns there are, and what a cell means by the schema. */
import { BetterBaseError, type EncodedValue, encodeValue, type FieldJson, type ValidatorJson, type Value } from '@betterbase/core';
import { parseJson } from '../json/parse-json.ts';
import type { Cell } from './csv.ts';

type Fields = ReadonlyMap<string, FieldJson>;

const systemFields = ['_id', '_creationTime'];

/**
 * The fields that documents of a table may have, in the order of their columns.
 *
 * @throws BetterBaseError `usage/bad-option` when the schema does not name them.
 */
export function csvColumns(table: string, document: ValidatorJson): readonly string[] {
  const members = document.type === 'union' ? document.value : [document];
  const names = members.flatMap((member) => (member.type === 'object' ? Object.keys(member.value) : [null]));
  const known = names.filter((name) => name !== null);
  if (known.length === names.length) return [...systemFields, ...new Set(known)];
  throw new BetterBaseError('usage/bad-option', `The schema does not say which fields \`${table}\` has, so it makes no CSV.`, {
    hint: 'Export it as jsonl.',
  });
}

/** The fields that may hold anything: what their cells say must say of what kind it is. */
export function freeFields(schema: ValidatorJson): ReadonlySet<string> {
  const open = [...fieldsOf(schema)].filter(([, { fieldType }]) => isFree(membersOf(fieldType)));
  return new Set(open.map(([name]) => name));
}

/** Null is written `null`; an absent field is an empty cell; an empty text is `""`. */
export function toCell(value: Value | undefined, canBeAnything: boolean): Cell {
  if (value === undefined) return { text: '', isQuoted: false };
  if (typeof value === 'string' && canBeAnything && /^[[{"]/.test(value)) return { text: JSON.stringify(value), isQuoted: true };
  if (typeof value === 'string') return { text: value, isQuoted: value === '' || looksOtherwise(value) };
  if (value === null || typeof value === 'boolean') return { text: String(value), isQuoted: false };
  if (typeof value === 'number') return { text: Object.is(value, -0) ? '-0' : String(value), isQuoted: false };
  if (typeof value === 'bigint' && !canBeAnything) return { text: String(value), isQuoted: false };
  if (value instanceof ArrayBuffer && value.byteLength > 0 && !canBeAnything)
    return { text: Buffer.from(value).toString('base64'), isQuoted: false };
  return { text: JSON.stringify(encodeValue(value)), isQuoted: false };
}

/** Encoded JSON of a document. Fields that the schema does not know are numbers if they look so, else texts. */
export function documentOf(columns: readonly string[], cells: readonly Cell[], schema: ValidatorJson): { [field: string]: EncodedValue } {
  const fields = fieldsOf(schema);
  const document: { [field: string]: EncodedValue } = {};
  for (const [position, name] of columns.entries()) {
    const cell = cells[position] ?? { text: '', isQuoted: false };
    const value = fromCell(cell, typesOf(name, fields));
    if (value !== undefined) document[name] = value;
  }
  return document;
}

function fieldsOf(schema: ValidatorJson): Fields {
  const members = schema.type === 'union' ? schema.value : [schema];
  return new Map(members.flatMap((member) => (member.type === 'object' ? Object.entries(member.value) : [])));
}

function typesOf(name: string, fields: Fields): readonly ValidatorJson[] {
  if (name === '_id') return [{ type: 'string' }];
  if (name === '_creationTime') return [{ type: 'number' }];
  return membersOf(fields.get(name)?.fieldType ?? { type: 'any' });
}

function membersOf(type: ValidatorJson): readonly ValidatorJson[] {
  return type.type === 'union' ? type.value.flatMap(membersOf) : [type];
}

/** What the cell means as the first of the types that it can be; undefined: nothing is said. */
function fromCell({ text, isQuoted }: Cell, types: readonly ValidatorJson[]): EncodedValue | undefined {
  if (!isQuoted && text === '') return undefined;
  for (const type of isQuoted ? types.filter(isStructure) : types) {
    const value = fromText(text, type);
    if (value !== undefined) return value;
  }
  return (isFree(types) ? structureFrom(text) : undefined) ?? text;
}

function isFree(types: readonly ValidatorJson[]): boolean {
  return types.length !== 1 || types[0]?.type === 'any';
}

/** JSON in a cell is always in quotes. */
function isStructure({ type }: ValidatorJson): boolean {
  return type === 'array' || type === 'object' || type === 'record' || type === 'vector' || type === 'bytes' || type === 'bigint';
}

function fromText(text: string, type: ValidatorJson): EncodedValue | undefined {
  switch (type.type) {
    case 'null':
      return text === 'null' ? null : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'number':
    case 'datetime':
      return numberFrom(text);
    case 'bigint':
      if (text.startsWith('{')) return structureFrom(text);
      return /^-?\d+$/.test(text) && fitsInt64(BigInt(text)) ? encodeValue(BigInt(text)) : undefined;
    case 'bytes':
      return Buffer.from(text, 'base64').toString('base64') === text ? { $bytes: text } : structureFrom(text);
    case 'array':
    case 'object':
    case 'record':
    case 'vector':
      return structureFrom(text);
    case 'any':
      return literals.get(text) ?? numberFrom(text) ?? (text === 'null' ? null : undefined);
    case 'literal':
      return [type.value].find((literal) => String(typeof literal === 'object' ? JSON.stringify(literal) : literal) === text);
    case 'string':
    case 'id':
    case 'fullText':
    case 'union':
      return undefined;
    default:
      return type satisfies never;
  }
}

const literals = new Map([
  ['true', true],
  ['false', false],
]);

function numberFrom(text: string): EncodedValue | undefined {
  if (!/^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|NaN|-?Infinity)$/i.test(text)) return undefined;
  return encodeValue(Number(text));
}

function structureFrom(text: string): EncodedValue | undefined {
  if (!/^[[{"]/.test(text)) return undefined;
  const json = parseJson(text);
  return isEncoded(json) ? json : undefined;
}

function isEncoded(json: unknown): json is EncodedValue {
  return typeof json === 'string' || (typeof json === 'object' && json !== null);
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** Whether a text without quotes would be read as something else. */
function looksOtherwise(text: string): boolean {
  return text === 'null' || text === 'true' || text === 'false' || numberFrom(text) !== undefined || /^\s|\s$/.test(text);
}
