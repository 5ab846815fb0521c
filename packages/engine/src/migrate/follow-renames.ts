/**
 * What a schema renames.
 *
 * A hint counts only while it says something new: a table or field that is there already under its new name was renamed
 * before, so removing the hint later, or leaving it, changes nothing.
 */
import { BetterBaseError, type FieldJson } from '@betterbase/core';
import type { IndexManifest, SchemaManifest, TableManifest, ValidatorJson } from '@betterbase/protocol';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';
import { fieldOf } from './widening.ts';

export interface FollowedRenames {
  /** The old schema in the names of the new one. */
  readonly schema: NormalizedSchema;
  /** What renamed tables were called, by their new names. */
  readonly tables: ReadonlyMap<string, string>;
  /** By table (its new name): what renamed fields were called, by their new names. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

type Names = ReadonlyMap<string, string>;

/** @throws BetterBaseError `schema/bad-rename` when two tables with documents would become one */
export function followRenames(old: NormalizedSchema, next: SchemaManifest): FollowedRenames {
  const tables = renamedTables(old, next);
  const newNames = invert(tables);
  const named = old.tables.map((table) => renameTable(table, newNames));
  const fields = new Map<string, Names>();
  for (const table of next.tables) {
    const known = named.find(({ name }) => name === table.name);
    const renamed = known === undefined ? new Map<string, string>() : renamedFields(known, table);
    if (renamed.size > 0) fields.set(table.name, renamed);
  }
  return { tables, fields, schema: { tables: named.map((table) => renameFields(table, fields.get(table.name))) } };
}

/** A field's path under the new name of the field that it begins with. */
function renamePath(path: string, newNames: Names): string {
  const [head = '', ...rest] = path.split('.');
  return [newNames.get(head) ?? head, ...rest].join('.');
}

function invert(names: Names): Names {
  return new Map([...names].map(([to, from]) => [from, to]));
}

function renamedTables(old: NormalizedSchema, next: SchemaManifest): Names {
  const known = new Map(old.tables.map((table) => [table.name, table]));
  const wanted = new Set(next.tables.map(({ name }) => name));
  const renamed = new Map<string, string>();
  for (const { name, renamedFrom } of next.tables) {
    if (renamedFrom === undefined || wanted.has(renamedFrom) || known.get(name)?.active === true) continue;
    const from = known.get(renamedFrom);
    if (from === undefined || [...renamed.values()].includes(renamedFrom)) continue;
    if (!from.active && known.has(name)) continue;
    if (known.has(name)) {
      throw new BetterBaseError(
        'schema/bad-rename',
        `\`${renamedFrom}\` cannot become \`${name}\`: a table of that name left the schema earlier and still holds documents.`,
        { hint: `Give \`${renamedFrom}\` another name, or deploy \`${name}\` first and empty it.` },
      );
    }
    renamed.set(name, renamedFrom);
  }
  return renamed;
}

function renamedFields({ document: old }: NormalizedTable, { document: next, renamedFields: hints = {} }: TableManifest): Names {
  if (old.type !== 'object' || next.type !== 'object') return new Map();
  return new Map(
    Object.entries(hints).filter(
      ([name, from]) =>
        fieldOf(next.value, name) !== undefined &&
        fieldOf(old.value, name) === undefined &&
        fieldOf(old.value, from) !== undefined &&
        fieldOf(next.value, from) === undefined,
    ),
  );
}

/** Ids in its documents name renamed tables by their new names, too. */
function renameTable(table: NormalizedTable, newNames: Names): NormalizedTable {
  if (newNames.size === 0) return table;
  return { ...table, name: newNames.get(table.name) ?? table.name, document: renameInIds(table.document, newNames) };
}

function renameInIds(json: ValidatorJson, newNames: Names): ValidatorJson {
  const inField = (field: FieldJson): FieldJson => ({ ...field, fieldType: renameInIds(field.fieldType, newNames) });
  switch (json.type) {
    case 'id':
      return { ...json, tableName: newNames.get(json.tableName) ?? json.tableName };
    case 'array':
      return { ...json, value: renameInIds(json.value, newNames) };
    case 'union':
      return { ...json, value: json.value.map((member) => renameInIds(member, newNames)) };
    case 'object':
      return { ...json, value: Object.fromEntries(Object.entries(json.value).map(([name, field]) => [name, inField(field)])) };
    case 'record':
      return { ...json, keys: renameInIds(json.keys, newNames), values: inField(json.values) };
    default:
      return json;
  }
}

function renameFields(table: NormalizedTable, renamed: Names | undefined): NormalizedTable {
  if (renamed === undefined || table.document.type !== 'object') return table;
  const newNames = invert(renamed);
  const value = Object.fromEntries(Object.entries(table.document.value).map(([name, field]) => [newNames.get(name) ?? name, field]));
  return { ...table, document: { type: 'object', value }, indexes: table.indexes.map((index) => renameInIndex(index, newNames)) };
}

function renameInIndex(index: IndexManifest, newNames: Names): IndexManifest {
  const renamed = (path: string): string => renamePath(path, newNames);
  switch (index.kind) {
    case 'index':
      return { ...index, fields: index.fields.map(renamed) };
    case 'search':
      return { ...index, searchField: renamed(index.searchField), filterFields: index.filterFields.map(renamed) };
    case 'vector':
      return { ...index, vectorField: renamed(index.vectorField), filterFields: index.filterFields.map(renamed) };
    default:
      return index satisfies never;
  }
}
