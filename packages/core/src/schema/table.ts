import type { Expand } from '../validators/expand.ts';
import type { Fields } from '../validators/fields.ts';
import { toValidator, type VObject } from '../validators/object.ts';
import type { Validator } from '../validators/validator.ts';
import type { SystemIndexes } from './data-model.ts';
import type { IndexManifest } from './schema-manifest.ts';

type DocumentValidator = Validator<unknown, 'required'>;
type NoIndexes = Record<never, never>;

/** The fields an index may name: the document's own, `a.b` for nested ones. */
type PathsOf<Document extends DocumentValidator> = Document['fieldPaths'];

export interface IndexConfig<Paths> {
  readonly fields: Paths;
  readonly staged?: boolean;
  /** Counts ranges of the index in logarithmic time; each write then changes one or two rows more. */
  readonly counted?: boolean;
}

export interface SearchIndexConfig<SearchField extends string, FilterFields extends string> {
  /** The text to search: a `v.string()` or `v.fullText()`. */
  readonly searchField: SearchField;
  /** Fields that a search may narrow by equality. */
  readonly filterFields?: readonly FilterFields[];
  readonly staged?: boolean;
}

export interface VectorIndexConfig<VectorField extends string, Dimensions extends number, FilterFields extends string> {
  /** The embedding: a `v.vector(n)` or `v.array(v.number())`. */
  readonly vectorField: VectorField;
  readonly dimensions: Dimensions;
  readonly filterFields?: readonly FilterFields[];
  /** Finds at least 95 of 100 of the nearest instead of all, several times faster where there are many thousands. */
  readonly approximate?: boolean;
  readonly staged?: boolean;
}

/** A table as the schema defines it. Each call returns a new definition; names and fields are checked by `defineSchema`. */
export interface TableDefinition<
  Document extends DocumentValidator = DocumentValidator,
  Indexes = NoIndexes,
  SearchIndexes = NoIndexes,
  VectorIndexes = NoIndexes,
> {
  readonly validator: Document;
  readonly indexes: readonly IndexManifest[];
  /** What `renamedFrom` said. */
  readonly previousName?: string;

  /**
   * What the table was called before: a deployment gives its documents, with their ids, to this one. Once deployed, the hint
   * may go.
   */
  renamedFrom(name: string): TableDefinition<Document, Indexes, SearchIndexes, VectorIndexes>;

  /**
   * Lets queries read by these fields, in this order; documents that agree in all of them are in order of creation.
   *
   * @example defineTable({ channel: v.id('channels'), text: v.string() }).index('by_channel', ['channel'])
   */
  index<const Name extends string, const Paths extends readonly [PathsOf<Document>, ...PathsOf<Document>[]]>(
    name: Name,
    fields: Paths | IndexConfig<Paths>,
  ): TableDefinition<
    Document,
    Expand<Indexes & { readonly [N in Name]: readonly [...Paths, '_creationTime'] }>,
    SearchIndexes,
    VectorIndexes
  >;

  /** An index in which no two documents agree in all fields. */
  uniqueIndex<const Name extends string, const Paths extends readonly [PathsOf<Document>, ...PathsOf<Document>[]]>(
    name: Name,
    fields: Paths | IndexConfig<Paths>,
  ): TableDefinition<
    Document,
    Expand<Indexes & { readonly [N in Name]: readonly [...Paths, '_creationTime'] }>,
    SearchIndexes,
    VectorIndexes
  >;

  /** Full-text search. */
  searchIndex<const Name extends string, const SearchField extends PathsOf<Document>, const FilterFields extends PathsOf<Document> = never>(
    name: Name,
    config: SearchIndexConfig<SearchField, FilterFields>,
  ): TableDefinition<
    Document,
    Indexes,
    Expand<SearchIndexes & { readonly [N in Name]: { readonly searchField: SearchField; readonly filterFields: FilterFields } }>,
    VectorIndexes
  >;

  /** Search by similarity of embeddings. */
  vectorIndex<
    const Name extends string,
    const VectorField extends PathsOf<Document>,
    const Dimensions extends number,
    const FilterFields extends PathsOf<Document> = never,
  >(
    name: Name,
    config: VectorIndexConfig<VectorField, Dimensions, FilterFields>,
  ): TableDefinition<
    Document,
    Indexes,
    SearchIndexes,
    Expand<
      VectorIndexes & {
        readonly [N in Name]: { readonly vectorField: VectorField; readonly dimensions: Dimensions; readonly filterFields: FilterFields };
      }
    >
  >;

  /** Exists for the compiler only. */
  readonly _types?: {
    readonly indexes: Expand<Indexes & SystemIndexes>;
    readonly searchIndexes: SearchIndexes;
    readonly vectorIndexes: VectorIndexes;
  };
}

/**
 * A table: the fields of its documents, or one validator for them (`v.object`, or `v.union` of objects).
 *
 * @example defineTable({ title: v.string(), done: v.boolean() }).index('by_done', ['done'])
 */
export function defineTable<F extends Fields>(fields: F): TableDefinition<VObject<F>>;
export function defineTable<Document extends DocumentValidator>(document: Document): TableDefinition<Document>;
export function defineTable(given: unknown): unknown {
  return createTable(toValidator(given), []);
}

type LooseFields = readonly string[] | { readonly fields: readonly string[]; readonly counted?: boolean };
interface LooseConfig {
  readonly searchField: string;
  readonly vectorField: string;
  readonly dimensions: number;
  readonly filterFields?: readonly string[];
  readonly approximate?: boolean;
}

function createTable(validator: Validator, indexes: readonly IndexManifest[], previousName?: string): object {
  const withIndex = (index: IndexManifest): object => createTable(validator, [...indexes, withDescriptor(index)], previousName);
  return {
    validator,
    indexes,
    ...(previousName === undefined ? {} : { previousName }),
    renamedFrom: (name: string) => createTable(validator, indexes, name),
    ' indexes': () => indexes.filter(({ kind }) => kind === 'index'),
    index: (name: string, fields: LooseFields) => withIndex({ kind: 'index', name, ...readFields(fields), unique: false }),
    uniqueIndex: (name: string, fields: LooseFields) => withIndex({ kind: 'index', name, ...readFields(fields), unique: true }),
    searchIndex: (name: string, { searchField, filterFields = [] }: LooseConfig) =>
      withIndex({ kind: 'search', name, searchField, filterFields }),
    vectorIndex: (name: string, { vectorField, dimensions, filterFields = [], approximate }: LooseConfig) =>
      withIndex({ kind: 'vector', name, vectorField, dimensions, filterFields, ...(approximate === true ? { approximate } : {}) }),
  };
}

/** Libraries written for Convex look an index up by this name for its name. Not part of its JSON. */
function withDescriptor(index: IndexManifest): IndexManifest {
  return Object.defineProperty({ ...index }, 'indexDescriptor', { value: index.name });
}

function readFields(given: LooseFields): { readonly fields: readonly string[]; readonly counted?: true } {
  if (!('fields' in given)) return { fields: given };
  return { fields: given.fields, ...(given.counted === true ? { counted: true } : {}) };
}
