import { type AnyValidator, BetterBaseError, nameProblem, type ValidatorJson, validatorFromJson, isUsersTable } from '@betterbase/core';
import type { IndexManifest } from '@betterbase/protocol';
import type { NormalizedSchema, NormalizedTable } from '../migrate/schema-layout.ts';
import { isSystemTable } from '../schedule/job-tables.ts';
import { type ForeignKey, foreignKeysOf } from './foreign-keys.ts';
import { byCreationTime, byId, keyFields } from './index-key.ts';

export type SearchIndexOf = Extract<IndexManifest, { kind: 'search' }>;
export type VectorIndexOf = Extract<IndexManifest, { kind: 'vector' }>;

export interface CatalogTable {
  readonly name: string;
  readonly number: number;
  readonly document: AnyValidator;
  /** Every index that can be read by range, with the fields that order it (tie-breaker included). */
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  readonly searches: ReadonlyMap<string, SearchIndexOf>;
  readonly vectors: ReadonlyMap<string, VectorIndexOf>;
  /** How many numbers the vectors of a field have. */
  readonly dimensions: ReadonlyMap<string, number>;
  /** Fields whose values are Float32 by definition. */
  readonly vectorFields: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Written by the engine; functions read it with `ctx.db.system`. */
  readonly isSystem: boolean;
  /** Its documents say who the project's users are: only the platform writes them. */
  readonly isUsers: boolean;
  /** False for a table that the schema does not name and nobody has written to: there are no documents, and no place for any. */
  readonly exists: boolean;
}

/** The tables that functions may use, by name and by the number that ids carry. */
export class TableCatalog {
  readonly schema: NormalizedSchema;
  readonly #allowsOthers: () => boolean;
  readonly #byName = new Map<string, CatalogTable>();
  readonly #byNumber = new Map<number, CatalogTable>();
  readonly #keysTo = new Map<string, ForeignKey[]>();

  /** @param allowsOthers whether functions may name other tables than these */
  constructor(schema: NormalizedSchema, allowsOthers: () => boolean = () => false) {
    this.schema = schema;
    this.#allowsOthers = allowsOthers;
    for (const table of schema.tables) {
      if (!table.active) continue;
      const entry = toCatalogTable(table);
      this.#byName.set(entry.name, entry);
      this.#byNumber.set(entry.number, entry);
      for (const key of entry.foreignKeys) this.#keysTo.set(key.target, [...this.foreignKeysTo(key.target), key]);
    }
  }

  /** @throws BetterBaseError `table/not-found`; `schema/bad-table-name` for what can be no table, where other tables are allowed */
  get(name: string): CatalogTable {
    const table = this.#byName.get(name);
    if (table !== undefined && !table.isSystem) return table;
    if (table === undefined && this.#allowsOthers()) return missingTable(name);
    const known = [...this.#byName.values()].filter((each) => !each.isSystem).map((each) => each.name);
    throw new BetterBaseError('table/not-found', `There is no table \`${name}\`.`, {
      hint:
        table?.isSystem === true
          ? 'Tables of the system are read with ctx.db.system.'
          : known.length === 0
            ? 'Define it in betterbase/schema.ts.'
            : `The schema defines ${known.map((each) => `\`${each}\``).join(', ')}.`,
    });
  }

  /** @throws BetterBaseError `table/not-found` */
  getSystem(name: string): CatalogTable {
    const table = this.#byName.get(name);
    if (table?.isSystem === true) return table;
    const known = [...this.#byName.values()].filter((each) => each.isSystem).map((each) => `\`${each.name}\``);
    throw new BetterBaseError('table/not-found', `There is no system table \`${name}\`.`, { hint: `The system has ${known.join(', ')}.` });
  }

  find(name: string): CatalogTable | undefined {
    return this.#byName.get(name);
  }

  /** The fields of all tables that name documents of this one and must not be left naming none. */
  foreignKeysTo(name: string): readonly ForeignKey[] {
    return this.#keysTo.get(name) ?? [];
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  byNumber(number: number): CatalogTable | undefined {
    return this.#byNumber.get(number);
  }
}

function missingTable(name: string): CatalogTable {
  const problem = nameProblem('table', name);
  if (problem !== null) throw new BetterBaseError('schema/bad-table-name', problem.message, { hint: problem.hint });
  return { ...toCatalogTable({ name, number: 0, document: { type: 'any' }, indexes: [], active: true }), exists: false };
}

function toCatalogTable(table: NormalizedTable): CatalogTable {
  const indexes = new Map<string, readonly string[]>([
    [byId, keyFields(byId, [])],
    [byCreationTime, keyFields(byCreationTime, [])],
  ]);
  for (const index of table.indexes) {
    if (index.kind === 'index') indexes.set(index.name, keyFields(index.name, index.fields));
  }
  const searches = new Map(table.indexes.flatMap((index) => (index.kind === 'search' ? [[index.name, index]] : [])));
  const vectors = new Map(table.indexes.flatMap((index) => (index.kind === 'vector' ? [[index.name, index]] : [])));
  return {
    name: table.name,
    number: table.number,
    document: validatorFromJson(table.document),
    indexes,
    searches,
    vectors,
    dimensions: vectorDimensions(table),
    vectorFields: vectorFields(table),
    foreignKeys: foreignKeysOf(table),
    isSystem: isSystemTable(table.name),
    isUsers: isUsersTable(table),
    exists: true,
  };
}

function vectorFields({ document }: NormalizedTable): readonly string[] {
  if (document.type !== 'object') return [];
  return Object.entries(document.value).flatMap(([field, { fieldType }]) => (fieldType.type === 'vector' ? [field] : []));
}

function vectorDimensions({ document }: NormalizedTable): ReadonlyMap<string, number> {
  const fields = document.type === 'object' ? Object.entries(document.value) : [];
  return new Map(
    fields.flatMap(([field, { fieldType }]) => {
      const dimensions = dimensionsOf(fieldType);
      return dimensions === null ? [] : [[field, dimensions]];
    }),
  );
}

function dimensionsOf(type: ValidatorJson): number | null {
  if (type.type === 'vector') return type.dimensions;
  return type.type === 'union' ? (type.value.map(dimensionsOf).find((each) => each !== null) ?? null) : null;
}
