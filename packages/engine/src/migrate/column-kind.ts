import type { FieldJson, ValidatorJson } from '@betterbase/core';

/** How a column holds a field: as itself, or (`json`) as JSON text of its encoding. */
export type ColumnKind = 'text' | 'real' | 'boolean' | 'int64' | 'bytes' | 'vector' | 'json';

export interface FieldShape {
  readonly kind: ColumnKind;
  /** The field may be null. Always false for `json`, which writes null like any other value. */
  readonly isNullable: boolean;
}

/** The narrowest column that holds every value of a field. */
export function fieldShape({ fieldType }: FieldJson): FieldShape {
  const members = memberTypes(fieldType);
  const kinds = new Set(members.filter(({ type }) => type !== 'null').map(scalarKind));
  const [kind] = kinds;
  if (kinds.size !== 1 || kind === undefined || kind === 'json') return { kind: 'json', isNullable: false };
  return { kind, isNullable: members.some(({ type }) => type === 'null') };
}

function memberTypes(type: ValidatorJson): readonly ValidatorJson[] {
  return type.type === 'union' ? type.value.flatMap(memberTypes) : [type];
}

function scalarKind(type: ValidatorJson): ColumnKind {
  switch (type.type) {
    case 'string':
    case 'id':
    case 'datetime':
    case 'fullText':
      return 'text';
    case 'number':
      return 'real';
    case 'boolean':
    case 'bytes':
    case 'vector':
      return type.type;
    case 'bigint':
      return 'int64';
    case 'literal':
      return literalKind(type.value);
    case 'any':
    case 'array':
    case 'null':
    case 'object':
    case 'record':
    case 'union':
      return 'json';
    default:
      return type satisfies never;
  }
}

function literalKind(value: unknown): ColumnKind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    case 'number':
      return 'real';
    default:
      return typeof value === 'object' && value !== null && '$integer' in value ? 'int64' : 'real';
  }
}
