/** JSON of a validator, in Convex's shape with our own kinds added: datetime, fullText, vector. */
export type ValidatorJson =
  | { readonly type: 'string' | 'number' | 'boolean' | 'null' | 'bigint' | 'bytes' | 'any' | 'datetime' | 'fullText' }
  | { readonly type: 'id'; readonly tableName: string; readonly onDelete?: 'restrict' | 'cascade' | 'setNull' }
  | { readonly type: 'literal'; readonly value: LiteralJson }
  | { readonly type: 'array'; readonly value: ValidatorJson }
  | { readonly type: 'object'; readonly value: { readonly [field: string]: FieldJson } }
  | { readonly type: 'record'; readonly keys: ValidatorJson; readonly values: FieldJson }
  | { readonly type: 'union'; readonly value: readonly ValidatorJson[] }
  | { readonly type: 'vector'; readonly dimensions: number };

export interface FieldJson {
  readonly fieldType: ValidatorJson;
  readonly optional: boolean;
}

/** A literal, encoded: an int64 is `{"$integer"}`, NaN `{"$float"}`. */
export type LiteralJson = string | number | boolean | { readonly $integer: string } | { readonly $float: string };
