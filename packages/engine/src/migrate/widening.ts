import type { FieldJson, ValidatorJson } from '@betterbase/core';
import { isSameJson } from './same-json.ts';

/** Whether everything that `old` allowed is allowed by `next`. In doubt: no. */
export function isWidening(old: ValidatorJson, next: ValidatorJson): boolean {
  if (next.type === 'any' || isSameJson(old, next)) return true;
  if (old.type === 'union') return old.value.every((member) => isWidening(member, next));
  if (next.type === 'union') return next.value.some((member) => isWidening(old, member));
  switch (old.type) {
    case 'id':
      return next.type === 'id' ? next.tableName === old.tableName : next.type === 'string' || next.type === 'fullText';
    case 'datetime':
    case 'fullText':
    case 'string':
      return next.type === 'string' || next.type === 'fullText';
    case 'literal':
      return isLiteralOf(old.value, next);
    case 'array':
      return next.type === 'array' && isWidening(old.value, next.value);
    case 'object':
      return next.type === 'object' && isWideningOfFields(old.value, next.value);
    case 'record':
      return next.type === 'record' && isWidening(old.keys, next.keys) && isWidening(old.values.fieldType, next.values.fieldType);
    default:
      return false;
  }
}

export function isWideningField(old: FieldJson, next: FieldJson): boolean {
  return (next.optional || !old.optional) && isWidening(old.fieldType, next.fieldType);
}

export type FieldsJson = Readonly<Record<string, FieldJson>>;

/** A field may have the name of something that every object has. */
export function fieldOf(fields: FieldsJson, name: string): FieldJson | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isWideningOfFields(old: FieldsJson, next: FieldsJson): boolean {
  const kept = Object.entries(old).every(([name, field]) => {
    const wider = fieldOf(next, name);
    return wider !== undefined && isWideningField(field, wider);
  });
  return kept && Object.entries(next).every(([name, field]) => field.optional || Object.hasOwn(old, name));
}

function isLiteralOf(value: unknown, type: ValidatorJson): boolean {
  switch (typeof value) {
    case 'string':
      return type.type === 'string' || type.type === 'fullText';
    case 'number':
      return type.type === 'number';
    case 'boolean':
      return type.type === 'boolean';
    default:
      return typeof value === 'object' && value !== null && type.type === ('$integer' in value ? 'bigint' : 'number');
  }
}
