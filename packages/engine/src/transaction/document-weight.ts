/**
 * How much a value weighs against the limits, and whether it may be in a document at all.
 *
 * Text weighs its length, numbers 8, the rest what it plainly is, each field the length of its name besides. That is close
 * to the bytes of the text it is sent as and takes one walk without allocations.
 */
import { overLimit, type ProjectLimits, type Value } from '@betterbase/core';

const number = 8;

export function weigh(value: Value | undefined): number {
  switch (typeof value) {
    case 'string':
      return value.length;
    case 'number':
    case 'bigint':
      return number;
    case 'object': {
      if (value === null) return 1;
      if (value instanceof ArrayBuffer) return value.byteLength;
      let bytes = 0;
      if (Array.isArray(value)) for (const element of value) bytes += weigh(element);
      else {
        for (const field in value) {
          const part = value[field];
          // Most fields are short texts: going on to look at each costs more than the rest of this.
          bytes += field.length + (typeof part === 'string' ? part.length : weigh(part));
        }
      }
      return bytes;
    }
    default:
      return 1;
  }
}

type Shape = Pick<ProjectLimits, 'arrayLength' | 'objectFields' | 'fieldNameLength' | 'nestingDepth'>;

/**
 * The weight of a document that is about to be written.
 *
 * @throws BetterBaseError `limit/array-length`, `limit/object-fields`, `limit/field-name`, `limit/nesting-depth`
 */
export function weighDocument(document: { readonly [field: string]: Value }, table: string, limits: Shape): number {
  return weighObject(document, { table, limits }, 1);
}

interface Weighing {
  readonly table: string;
  readonly limits: Shape;
}

function weighPart(value: Value | undefined, weighing: Weighing, depth: number): number {
  if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer) return weigh(value);
  const { nestingDepth, arrayLength } = weighing.limits;
  if (depth > nestingDepth)
    throw refuse(weighing, 'nestingDepth', depth, `has values nested ${depth} deep`, 'Keep what is nested in documents of its own.');
  if (!Array.isArray(value)) return weighObject(value, weighing, depth);
  if (value.length > arrayLength)
    throw refuse(
      weighing,
      'arrayLength',
      value.length,
      `has an array of ${value.length} elements`,
      'Keep the elements in documents of their own.',
    );
  let bytes = 0;
  for (const element of value) bytes += weighPart(element, weighing, depth + 1);
  return bytes;
}

function weighObject(object: { readonly [field: string]: Value | undefined }, weighing: Weighing, depth: number): number {
  const { objectFields, fieldNameLength } = weighing.limits;
  let bytes = 0;
  let fields = 0;
  for (const field in object) {
    fields++;
    if (field.length > fieldNameLength)
      throw refuse(
        weighing,
        'fieldNameLength',
        field.length,
        `has a field whose name has ${field.length} characters`,
        'Names of fields are no place for data.',
      );
    bytes += field.length + weighPart(object[field], weighing, depth + 1);
  }
  if (fields > objectFields)
    throw refuse(weighing, 'objectFields', fields, `has an object of ${fields} fields`, 'Keep the entries in documents of their own.');
  return bytes;
}

function refuse({ table, limits }: Weighing, name: keyof Shape, measured: number, what: string, hint: string): Error {
  return overLimit(name, limits[name], { measured, what: `A document of \`${table}\` ${what}`, hint });
}
