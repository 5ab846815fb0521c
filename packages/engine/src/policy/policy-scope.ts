/** Which columns a condition may name. */
import type { SchemaManifest } from '@betterbase/protocol';
import type { ValidatorJson } from '@betterbase/core';
import { badPolicy, type ConditionPlace } from './policy-error.ts';
import type { PolicyNode, PolicyRows } from './policy-tree.ts';

/** A table whose rows a condition looks at, and those around it. */
export interface PolicyScope {
  readonly table: string;
  readonly alias: string;
  /** Null: whatever a document may have. */
  readonly columns: ReadonlySet<string> | null;
  readonly outer: PolicyScope | null;
}

type Column = Extract<PolicyNode, { type: 'column' }>;

/** Null when the schema has no such table. */
export function scopeOf(schema: SchemaManifest, table: string, alias: string, outer: PolicyScope | null): PolicyScope | null {
  const found = schema.tables.find(({ name }) => name === table);
  if (found === undefined) return null;
  return { table, alias: alias.toLowerCase(), columns: columnsOf(found.document), outer };
}

export function scopeOfRows(schema: SchemaManifest, rows: PolicyRows, outer: PolicyScope, place: ConditionPlace): PolicyScope {
  const scope = scopeOf(schema, rows.table, rows.alias, outer);
  if (scope !== null) return scope;
  throw badPolicy(place, rows.at, `the schema has no table \`${rows.table}\`.`, `It has ${listed(schema.tables.map(({ name }) => name))}.`);
}

/** How many scopes further out the column is. @throws BetterBaseError `policy/invalid` */
export function depthOf(column: Column, scope: PolicyScope, place: ConditionPlace): number {
  let depth = 0;
  for (let each: PolicyScope | null = scope; each !== null; each = each.outer, depth++) {
    if (column.table !== null && column.table.toLowerCase() !== each.alias) continue;
    if (each.columns === null || each.columns.has(column.name)) return depth;
    if (column.table !== null) throw unknownColumn(column, each, place);
  }
  if (column.table === null) throw unknownColumn(column, scope, place);
  throw badPolicy(place, column.at, `there is no table \`${column.table}\` here.`);
}

function unknownColumn({ name, at }: Column, { table, columns }: PolicyScope, place: ConditionPlace): Error {
  const hint = name === 'id' ? 'The id of a document is its `_id`.' : `It has ${listed([...(columns ?? [])])}.`;
  return badPolicy(place, at, `\`${table}\` has no column \`${name}\`.`, hint);
}

function columnsOf(document: ValidatorJson): ReadonlySet<string> | null {
  const names = fieldsOf(document);
  return names === null ? null : new Set(['_id', '_creationTime', ...names]);
}

function fieldsOf(document: ValidatorJson): readonly string[] | null {
  if (document.type === 'object') return Object.keys(document.value);
  if (document.type !== 'union') return null;
  const members = document.value.map(fieldsOf);
  return members.every((each) => each !== null) ? members.flat() : null;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
}
