import type { SchemaChange, SchemaManifest, TableManifest, ValidatorJson } from '@betterbase/protocol';
import { isSameJson } from './same-json.ts';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';
import { fieldOf, isWidening, isWideningField } from './widening.ts';

/**
 * What a deployment changes. `destructive`: documents that were good may no longer be, or functions can no longer reach
 * them. Whether documents really stand in the way is found out by migrating.
 */
export function diffSchemas(old: NormalizedSchema, next: SchemaManifest): SchemaChange[] {
  const before = new Map(old.tables.filter((table) => table.active).map((table) => [table.name, table]));
  const after = new Set(next.tables.map((table) => table.name));
  return [
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
  return [...diffDocuments(next.name, old.document, next.document), ...diffIndexes(old, next)];
}

function diffDocuments(table: string, old: ValidatorJson, next: ValidatorJson): SchemaChange[] {
  if (isSameJson(old, next)) return [];
  if (old.type !== 'object' || next.type !== 'object') return [{ kind: 'ALTER_COLUMN', table, destructive: !isWidening(old, next) }];
  const names = new Set([...Object.keys(next.value), ...Object.keys(old.value)]);
  return [...names].flatMap((name): SchemaChange[] => {
    const [from, to] = [fieldOf(old.value, name), fieldOf(next.value, name)];
    if (to === undefined) return [{ kind: 'DROP_COLUMN', table, name, destructive: true }];
    if (from === undefined) return [{ kind: 'ADD_COLUMN', table, name, destructive: false }];
    return isSameJson(from, to) ? [] : [{ kind: 'ALTER_COLUMN', table, name, destructive: !isWideningField(from, to) }];
  });
}

function diffIndexes(old: NormalizedTable, next: TableManifest): SchemaChange[] {
  const table = next.name;
  const kept = new Set(next.indexes.filter((index) => old.indexes.some((each) => isSameJson(each, index))).map((index) => index.name));
  const changes = (indexes: TableManifest['indexes'], kind: 'ADD_INDEX' | 'DROP_INDEX'): SchemaChange[] =>
    indexes.filter((index) => !kept.has(index.name)).map(({ name }) => ({ kind, table, name, destructive: false }));
  return [...changes(old.indexes, 'DROP_INDEX'), ...changes(next.indexes, 'ADD_INDEX')];
}
