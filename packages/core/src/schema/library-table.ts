/** Tables that a library made for itself, the way Convex's own `defineTable` makes them (`convex-ents`). */
import { object, type VObject } from '../validators/object.ts';
import { union, type VUnion } from '../validators/union.ts';
import type { Validator } from '../validators/validator.ts';
import type { IndexManifest } from './schema-manifest.ts';

type Documents = Validator<unknown, 'required'>;

export interface TableParts {
  readonly validator: Documents;
  readonly indexes: readonly IndexManifest[];
}

interface LibraryTable {
  readonly validator: Documents;
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

/** Validator and indexes of a table, whoever made it. */
export function partsOfTable(table: TableParts | LibraryTable): TableParts {
  if (!isLibraryTable(table)) return { validator: table.validator, indexes: table.indexes };
  const { indexes, searchIndexes, vectorIndexes } = table;
  return {
    validator: asItIsNow(table.validator),
    indexes: [
      ...indexes.map(({ indexDescriptor: name, fields }): IndexManifest => ({ kind: 'index', name, fields, unique: false })),
      ...searchIndexes.map(({ indexDescriptor: name, ...rest }): IndexManifest => ({ kind: 'search', name, ...rest })),
      ...vectorIndexes.map(({ indexDescriptor: name, ...rest }): IndexManifest => ({ kind: 'vector', name, ...rest })),
    ],
  };
}

/** These libraries add to the fields of a validator that is there already. */
function asItIsNow(validator: Documents): Documents {
  if (isObject(validator)) return object({ ...validator.fields });
  return isUnion(validator) ? union(...validator.members.map(asItIsNow)) : validator;
}

function isLibraryTable(table: TableParts | LibraryTable): table is LibraryTable {
  return 'searchIndexes' in table && 'vectorIndexes' in table;
}

function isObject(validator: Documents): validator is VObject {
  return validator.kind === 'object';
}

function isUnion(validator: Documents): validator is VUnion {
  return validator.kind === 'union';
}
