/** Tables that the schema does not name, where it lets functions use such tables. */
import type { SchemaManifest, TableManifest } from '@betterbase/protocol';
import { isSystemTable } from '../schedule/job-tables.ts';
import type { NormalizedSchema } from './schema-layout.ts';

/** The schema with those of its other tables that there are. */
export function withOtherTables(schema: SchemaManifest, { tables }: NormalizedSchema): SchemaManifest {
  if (schema.otherTables !== true) return schema;
  const spoken = new Set(schema.tables.flatMap(({ name, renamedFrom }) => (renamedFrom === undefined ? [name] : [name, renamedFrom])));
  const others = tables.filter(({ name }) => !spoken.has(name) && !isSystemTable(name));
  return { ...schema, tables: [...schema.tables, ...others.map(({ name }) => otherTable(name))] };
}

/** The schema that a store has, with tables added to it. */
export function addOtherTables({ tables }: NormalizedSchema, names: Iterable<string>): SchemaManifest {
  const known = tables.flatMap(({ name, document, indexes, active }) => (active ? [{ name, document, indexes }] : []));
  return { tables: [...known, ...[...names].map(otherTable)] };
}

function otherTable(name: string): TableManifest {
  return { name, document: { type: 'any' }, indexes: [] };
}
