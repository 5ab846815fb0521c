/** A schema as plain JSON: what a deployment is compared and migrated by. */
import type { EncodedValue } from '../values/value.ts';
import type { ValidatorJson } from '../validators/validator-json.ts';

export interface SchemaManifest {
  readonly tables: readonly TableManifest[];
  /** Whether functions may use tables that are not named here; any document is good in them. */
  readonly otherTables?: true;
}

export interface TableManifest {
  readonly name: string;
  readonly document: ValidatorJson;
  readonly indexes: readonly IndexManifest[];
  /** What the table was called before. */
  readonly renamedFrom?: string;
  /** What fields were called before. */
  readonly renamedFields?: { readonly [field: string]: string };
  /** What documents get that lack a required field. */
  readonly defaults?: { readonly [field: string]: EncodedValue };
}

export type IndexManifest =
  | {
      readonly kind: 'index';
      readonly name: string;
      readonly fields: readonly string[];
      readonly unique: boolean;
      /** Whether ranges of it are counted without walking along them. */
      readonly counted?: true;
    }
  | { readonly kind: 'search'; readonly name: string; readonly searchField: string; readonly filterFields: readonly string[] }
  | {
      readonly kind: 'vector';
      readonly name: string;
      readonly vectorField: string;
      readonly dimensions: number;
      readonly filterFields: readonly string[];
      /** Whether it is asked roughly first, and may then pass one of the nearest over. */
      readonly approximate?: true;
    };
