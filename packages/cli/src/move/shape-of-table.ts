import type { FieldJson, ValidatorJson } from '@betterbase/core';

/** The shape of a table's documents, as Convex writes it beside them. */
export function shapeOfTable(document: ValidatorJson): string {
  const own = '"_creationTime": normalfloat64, "_id": string';
  const shapes = (document.type === 'union' ? document.value : [document]).map((member) =>
    member.type === 'object' ? objectShape(member.value, own) : null,
  );
  return shapes.includes(null) ? 'unknown' : shapes.join(' | ');
}

/** Numbers are those that JSON can say: one that it cannot is told of beside the document. */
function shapeOf(type: ValidatorJson): string {
  switch (type.type) {
    case 'string':
    case 'id':
    case 'fullText':
      return 'string';
    case 'number':
    case 'datetime':
      return 'float64';
    case 'boolean':
    case 'null':
      return type.type;
    case 'bigint':
      return 'int64';
    case 'bytes':
      return 'bytes';
    case 'any':
      return 'unknown';
    case 'literal':
      return literalShape(type.value);
    case 'array':
      return `array<${shapeOf(type.value)}>`;
    case 'vector':
      return 'array<float64>';
    case 'object':
      return objectShape(type.value, null);
    case 'record':
      return `record<string, ${shapeOf(type.values.fieldType)}>`;
    case 'union':
      return unionShape(type.value);
    default:
      return type satisfies never;
  }
}

function objectShape(fields: Readonly<Record<string, FieldJson>>, own: string | null): string {
  const names = Object.keys(fields).sort();
  const said = names.map(
    (name) => `"${name}"${fields[name]?.optional === true ? '?' : ''}: ${shapeOf(fields[name]?.fieldType ?? { type: 'any' })}`,
  );
  return `{${[...(own === null ? [] : [own]), ...said].join(', ')}}`;
}

/** A place that may hold anything is not described further. */
function unionShape(members: readonly ValidatorJson[]): string {
  const shapes = [...new Set(members.flatMap((member) => shapeOf(member).split(' | ')))];
  if (shapes.length === 0) return 'never';
  return shapes.includes('unknown') || members.some((member) => member.type === 'object' || member.type === 'record')
    ? 'unknown'
    : shapes.join(' | ');
}

function literalShape(value: Extract<ValidatorJson, { type: 'literal' }>['value']): string {
  if (typeof value === 'object') return '$integer' in value ? 'int64' : 'float64';
  return typeof value === 'number' ? 'float64' : typeof value;
}
