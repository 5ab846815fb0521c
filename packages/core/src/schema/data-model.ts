/** A schema as types: what every `ctx` is typed by. */
import type { AnyValue } from '../validators/any.ts';
import type { Id } from '../values/value.ts';

/** One table as types. */
export interface TableInfo {
  readonly document: AnyValue;
  /** Fields that indexes, filters and orders may name: `author`, `author.name`, `_creationTime`. */
  readonly fieldPaths: string;
  /** The fields of each index, `_creationTime` at the end. */
  readonly indexes: { readonly [name: string]: readonly string[] };
  readonly searchIndexes: { readonly [name: string]: SearchIndexInfo };
  readonly vectorIndexes: { readonly [name: string]: VectorIndexInfo };
}

export interface SearchIndexInfo {
  readonly searchField: string;
  readonly filterFields: string;
}

export interface VectorIndexInfo {
  readonly vectorField: string;
  readonly dimensions: number;
  readonly filterFields: string;
}

/** Tables by name. `DataModelFromSchema<typeof schema>` makes a precise one. */
export interface GenericDataModel {
  readonly [table: string]: TableInfo;
}

/**
 * The data model of functions that do not know their schema: any table, any field. It is `any`, so that
 * `const query: QueryBuilder<Model, 'public'> = queryGeneric` compiles.
 */
export type AnyDataModel = AnyValue;

export type TableNames<Model extends GenericDataModel> = keyof Model & string;

/** A document as the database returns it. */
export type Doc<Model extends GenericDataModel, Table extends TableNames<Model>> = Model[Table]['document'];

/** The indexes that every table has. */
export interface SystemIndexes {
  readonly by_id: readonly ['_id'];
  readonly by_creation_time: readonly ['_creationTime'];
}

/** The fields that the database sets. */
export interface SystemFields<Table extends string> {
  _id: Id<Table>;
  /** Milliseconds since 1970, strictly increasing within a project. */
  _creationTime: number;
}

/** What `insert` takes: a document without the fields that the database sets. */
export type WithoutSystemFields<Document> = Document extends unknown ? OmitKnown<Document, keyof SystemFields<string>> : never;

/** What `replace` takes: they may be there, unchanged. */
export type WithOptionalSystemFields<Document> = Document extends unknown
  ? WithoutSystemFields<Document> & { [Field in Extract<keyof Document, keyof SystemFields<string>>]?: Document[Field] }
  : never;

/** What `patch` takes: any of the fields; `undefined` removes one. */
export type PatchOf<Document> = Document extends unknown ? { [Field in keyof Document]?: Document[Field] | undefined } : never;

/** `Omit`, but homomorphic: optional fields stay optional and unions stay unions. */
type OmitKnown<T, Keys extends PropertyKey> = { [Key in keyof T as Key extends Keys ? never : Key]: T[Key] };

/** The value a path leads to. A field that a member of a union lacks is `undefined` there. */
export type ValueAt<Document, Path extends string> = Document extends unknown
  ? Path extends keyof Document
    ? Document[Path]
    : Path extends `${infer Head}.${infer Tail}`
      ? Head extends keyof Document
        ? ValueAt<Document[Head], Tail>
        : undefined
      : undefined
  : never;
