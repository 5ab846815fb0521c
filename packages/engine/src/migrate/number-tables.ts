import type { SchemaManifest } from '@betterbase/protocol';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

export interface NumberedSchema {
  readonly schema: NormalizedSchema;
  /** Tables that go, with their number, which no other table will have. */
  readonly gone: readonly NormalizedTable[];
  /** The number that the next new table will have. */
  readonly nextNumber: number;
}

/**
 * The schema that a store has after a deployment: tables that were there before keep their number, also when they come
 * back; tables that are no longer named stay, inactive, if they hold documents.
 */
export function numberTables(
  old: NormalizedSchema,
  next: SchemaManifest,
  nextNumber: number,
  holdsDocuments: (table: NormalizedTable) => boolean,
): NumberedSchema {
  const before = new Map(old.tables.map((table) => [table.name, table]));
  let free = nextNumber;
  const active = next.tables.map(({ name, document, indexes }): NormalizedTable => {
    const number = before.get(name)?.number ?? free++;
    before.delete(name);
    return { name, number, document, indexes, active: true };
  });
  const kept: NormalizedTable[] = [];
  const gone: NormalizedTable[] = [];
  for (const table of before.values()) {
    if (holdsDocuments(table)) kept.push({ ...table, active: false });
    else gone.push(table);
  }
  const tables = [...active, ...kept].sort((one, other) => one.number - other.number);
  return { schema: { tables }, gone, nextNumber: free };
}
