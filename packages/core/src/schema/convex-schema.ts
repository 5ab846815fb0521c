/** Schemas that the npm package `convex` made, where its imports were not resolved to this package. */
import { isPlainObject } from '../values/value.ts';
import { validatorFromJson } from '../validators/validator-from-json.ts';
import type { ValidatorJson } from '../validators/validator-json.ts';
import { defineSchema, type SchemaDefinition } from './schema.ts';
import { defineTable } from './table.ts';

interface ConvexTable {
  readonly tableName: string;
  readonly documentType: ValidatorJson;
  readonly indexes: readonly { readonly indexDescriptor: string; readonly fields: readonly string[] }[];
  readonly searchIndexes: readonly {
    readonly indexDescriptor: string;
    readonly searchField: string;
    readonly filterFields: readonly string[];
  }[];
  readonly vectorIndexes: readonly {
    readonly indexDescriptor: string;
    readonly vectorField: string;
    readonly dimensions: number;
    readonly filterFields: readonly string[];
  }[];
}

/**
 * The same schema in this package's terms, from its own export; null for what is none.
 *
 * @throws BetterBaseError as `defineSchema` does
 */
export function readConvexSchema(value: unknown): SchemaDefinition | null {
  if (typeof value !== 'object' || value === null || !('export' in value) || typeof value.export !== 'function' || !('tables' in value))
    return null;
  const exported: unknown = JSON.parse(String(Reflect.apply(value.export, value, [])));
  if (!isPlainObject(exported) || !Array.isArray(exported['tables'])) return null;
  // Written by the package a moment ago; `defineSchema` checks what it says.
  const tables = exported['tables'] as readonly ConvexTable[];
  return defineSchema(Object.fromEntries(tables.map((table) => [table.tableName, toTable(table)])), {
    schemaValidation: exported['schemaValidation'] !== false,
    strictTableNameTypes: Reflect.get(value, 'strictTableNameTypes') !== false,
  });
}

function toTable({ documentType, indexes, searchIndexes, vectorIndexes }: ConvexTable): SchemaDefinition['tables'][string] {
  let table: LooseTable = defineTable(validatorFromJson(documentType)) as never;
  for (const { indexDescriptor, fields } of indexes) table = table.index(indexDescriptor, fields);
  for (const { indexDescriptor, ...config } of searchIndexes) table = table.searchIndex(indexDescriptor, config);
  for (const { indexDescriptor, ...config } of vectorIndexes) table = table.vectorIndex(indexDescriptor, config);
  return table;
}

/** A table whose fields the compiler does not know. */
type LooseTable = SchemaDefinition['tables'][string] & {
  index(name: string, fields: readonly string[]): LooseTable;
  searchIndex(name: string, config: Omit<ConvexTable['searchIndexes'][number], 'indexDescriptor'>): LooseTable;
  vectorIndex(name: string, config: Omit<ConvexTable['vectorIndexes'][number], 'indexDescriptor'>): LooseTable;
};
