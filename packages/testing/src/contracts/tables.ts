import { type FieldJson, type Validator, v } from '@betterbase/core';
import type { IndexManifest, TableManifest } from '@betterbase/protocol';

/** A table of objects with these fields. */
export function tableOf(name: string, fields: Record<string, Validator>, ...indexes: IndexManifest[]): TableManifest {
  const value: Record<string, FieldJson> = {};
  for (const [field, validator] of Object.entries(fields))
    value[field] = { fieldType: validator.json, optional: validator.isOptional === 'optional' };
  return { name, document: { type: 'object', value }, indexes };
}

export function index(name: string, ...fields: string[]): IndexManifest {
  return { kind: 'index', name, fields, unique: false };
}

export function uniqueIndex(name: string, ...fields: string[]): IndexManifest {
  return { kind: 'index', name, fields, unique: true };
}

export function countedIndex(name: string, ...fields: string[]): IndexManifest {
  return { kind: 'index', name, fields, unique: false, counted: true };
}

export function searchIndex(name: string, searchField: string, ...filterFields: string[]): IndexManifest {
  return { kind: 'search', name, searchField, filterFields };
}

/** Notes with text, an owner, a rank, and an index of each kind. */
export const notes = tableOf(
  'notes',
  { owner: v.string(), text: v.string(), rank: v.number(), done: v.optional(v.boolean()) },
  index('by_owner', 'owner'),
  index('by_owner_and_text', 'owner', 'text'),
  index('by_owner_and_rank', 'owner', 'rank'),
  index('by_done', 'done'),
);
