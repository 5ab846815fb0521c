import type { SchemaChange, SchemaManifest, TableManifest, ValidatorJson } from '@betterbase/protocol';
import { followRenames } from './follow-renames.ts';
import { isSameJson } from './same-json.ts';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';
import { fieldOf, isWidening, isWideningField } from './widening.ts';

/**
 * What a deployment changes. `destructive`: documents that were good may no longer be, or functions can no longer reach
 * them. Whether documents really stand in the way is found out by migrating.
 */
export function diffSchemas(old: NormalizedSchema, next: SchemaManifest): SchemaChange[] {
  const { schema, tables, fields } = followRenames(old, next);
  const before = new Map(schema.tables.filter((table) => table.active).map((table) => [table.name, table]));
  const after = new Set(next.tables.map((table) => table.name));
  return [
    ...[...tables].map(([table, from]) => ({ kind: 'RENAME_TABLE', table, from, destructive: false }) as const),
    ...[...fields].flatMap(([table, names]) =>
      [...names].map(([name, from]) => ({ kind: 'RENAME_COLUMN', table, name, from, destructive: false }) as const),
    ),
    ...next.tables.flatMap((table) => {
      const known = before.get(table.name);
      return known === undefined ? [{ kind: 'ADD_TABLE', table: table.name, destructive: false } as const] : diffTables(known, table);
    }),
    ...[...before.keys()]
      .filter((name) => !after.has(name))
      .map((name) => ({ kind: 'DROP_TABLE', table: name, destructive: true }) as const),
  ];
}

function diffTables(old: NormalizedTable, next: TableManifest): SchemaChange[] {
  return [...diffDocuments(next, old.document), ...diffIndexes(old, next)];
}

function diffDocuments({ name: table, document: next, defaults = {} }: TableManifest, old: ValidatorJson): SchemaChange[] {
  if (isSameJson(old, next)) return [];
  if (old.type !== 'object' || next.type !== 'object') return [{ kind: 'ALTER_COLUMN', table, destructive: !isWidening(old, next) }];
  const names = new Set([...Object.keys(next.value), ...Object.keys(old.value)]);
  return [...names].flatMap((name): SchemaChange[] => {
    const [from, to] = [fieldOf(old.value, name), fieldOf(next.value, name)];
    if (to === undefined) return [{ kind: 'DROP_COLUMN', table, name, destructive: true }];
    if (from === undefined) return [{ kind: 'ADD_COLUMN', table, name, destructive: false }];
    // What is missing is filled in, so that a field with a default may stop being optional.
    const filled = Object.hasOwn(defaults, name) ? { ...from, optional: to.optional } : from;
    return isSameJson(from, to) ? [] : [{ kind: 'ALTER_COLUMN', table, name, destructive: !isWideningField(filled, to) }];
  });
}

function diffIndexes(old: NormalizedTable, next: TableManifest): SchemaChange[] {
  const table = next.name;
  const kept = new Set(next.indexes.filter((index) => old.indexes.some((each) => isSameJson(each, index))).map((index) => index.name));
  const changes = (indexes: TableManifest['indexes'], kind: 'ADD_INDEX' | 'DROP_INDEX'): SchemaChange[] =>
    indexes.filter((index) => !kept.has(index.name)).map(({ name }) => ({ kind, table, name, destructive: false }));
  return [...changes(old.indexes, 'DROP_INDEX'), ...changes(next.indexes, 'ADD_INDEX')];
}
