import type { Expand } from '../validators/expand.ts';
import type { VId } from '../validators/id.ts';
import { v } from '../validators/v.ts';
import type { SystemFields, SystemIndexes, TableInfo } from './data-model.ts';
import { type DocumentValidator, docValidator } from './doc-validator.ts';
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { checkTables } from './check-tables.ts';
import { hintsOfFields } from './field-hints.ts';
import { withImpliedIndexes } from './implied-indexes.ts';
import { partsOfTable } from './library-table.ts';
import type { SchemaManifest } from './schema-manifest.ts';
import type { TableDefinition } from './table.ts';

export interface Tables {
  readonly [name: string]: AnyTable;
}

/** Any table, whatever its indexes. */
export type AnyTable = Pick<TableDefinition, 'validator' | 'indexes' | 'previousName'> & { readonly _types?: unknown };

export interface SchemaOptions<Strict extends boolean = boolean> {
  /** Whether documents are checked against the schema when they are written. On unless switched off. */
  readonly schemaValidation?: boolean;
  /**
   * Whether functions may only name the tables of the schema. On unless switched off. Other tables come to be when a
   * document is inserted; anything may be in them. (Where documents are not checked there may be other tables, too.)
   */
  readonly strictTableNameTypes?: Strict;
}

export interface SchemaDefinition<T extends Tables = Tables, Strict extends boolean = boolean> {
  readonly tables: T;
  readonly schemaValidation: boolean;
  /** Whether functions may only name these tables. */
  readonly strictTableNameTypes: Strict;
  /** The validator of a table's documents, the fields that the database sets included. */
  doc<Name extends keyof T & string>(table: Name): DocumentValidator<Name, T[Name]>;
  /** The validator of a table's ids. */
  id<Name extends keyof T & string>(table: Name): VId<Name>;
}

/**
 * The tables of an app. The default export of `betterbase/schema.ts`.
 *
 * @example export default defineSchema({ todos: defineTable({ title: v.string() }) });
 * @throws BetterBaseError `schema/bad-table-name`, `schema/bad-field-name`, `schema/bad-index`; `schema/invalid` for several at once.
 */
export function defineSchema<T extends Tables, Strict extends boolean = true>(
  tables: T,
  options: SchemaOptions<Strict> = {},
): SchemaDefinition<T, Strict> {
  checkTables(tables);
  const schema: SchemaDefinition<T, Strict> = {
    tables,
    schemaValidation: options.schemaValidation ?? true,
    // Not given, it is what `Strict` is when it is not given.
    strictTableNameTypes: options.strictTableNameTypes ?? (true as Strict),
    doc: (table) => docValidator(table, tableOf(tables, table)),
    id: (table) => v.id(table),
  };
  Object.defineProperty(schema, schemaKey, { value: true });
  return schema;
}

/** What is missing at run time is a mistake the compiler was not asked about. */
function tableOf<T extends Tables, Name extends keyof T & string>(tables: T, name: Name): T[Name] {
  const table: T[Name] | undefined = tables[name];
  if (table !== undefined) return table;
  throw new BetterBaseError('table/not-found', `There is no table \`${name}\` in this schema.`, {
    hint: `Its tables are ${Object.keys(tables).join(', ')}.`,
  });
}

/** A registered symbol: an app's bundle may hold another copy of this package. */
const schemaKey = Symbol.for('betterbase.schema');

export function isSchema(value: unknown): value is SchemaDefinition {
  return typeof value === 'object' && value !== null && schemaKey in value;
}

/** The schema as JSON. Without validation its documents may have any fields, so none of them gets a column of its own. */
export function schemaManifest({ tables, schemaValidation, strictTableNameTypes }: SchemaDefinition): SchemaManifest {
  return {
    ...(schemaValidation && strictTableNameTypes ? {} : { otherTables: true }),
    tables: Object.entries(tables).map(([name, table]) => {
      const { previousName } = table;
      const { validator, indexes } = partsOfTable(table);
      return {
        name,
        document: schemaValidation ? validator.json : { type: 'any' },
        indexes: withImpliedIndexes(validator.json, indexes),
        ...(previousName === undefined ? {} : { renamedFrom: previousName }),
        ...hintsOfFields(validator),
      };
    }),
  };
}

/** A schema as types, for `QueryBuilder` and the contexts. */
export type DataModelFromSchema<Schema extends SchemaDefinition> = Schema['strictTableNameTypes'] extends true
  ? NamedTables<Schema>
  : NamedTables<Schema> & { readonly [table: string]: AnyTableInfo };

type NamedTables<Schema extends SchemaDefinition> = {
  readonly [Name in keyof Schema['tables'] & string]: {
    readonly document: DocumentOf<Name, Schema['tables'][Name]['validator']['type']>;
    readonly fieldPaths: Schema['tables'][Name]['validator']['fieldPaths'] | keyof SystemFields<Name>;
    readonly indexes: TypesOf<Schema['tables'][Name]>['indexes'];
    readonly searchIndexes: TypesOf<Schema['tables'][Name]>['searchIndexes'];
    readonly vectorIndexes: TypesOf<Schema['tables'][Name]>['vectorIndexes'];
  };
};

/** A table that the schema does not name. */
type AnyTableInfo = TableInfo & { readonly indexes: SystemIndexes };

type DocumentOf<Name extends string, Fields> = Fields extends unknown ? Expand<SystemFields<Name> & Fields> : never;

type TypesOf<Table> = Table extends { readonly _types?: infer Types extends TableTypes } ? Types : never;

interface TableTypes {
  readonly indexes: { readonly [name: string]: readonly string[] };
  readonly searchIndexes: { readonly [name: string]: { readonly searchField: string; readonly filterFields: string } };
  readonly vectorIndexes: {
    readonly [name: string]: { readonly vectorField: string; readonly dimensions: number; readonly filterFields: string };
  };
}
