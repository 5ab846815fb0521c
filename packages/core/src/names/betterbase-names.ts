/** Names that code written for the original BetterBase imports. */
import type { RegisteredAction, RegisteredMutation, RegisteredQuery } from '../functions/registered-function.ts';
import type { Visibility } from '../functions/function-kind.ts';
import type { DataModelFromSchema, SchemaDefinition } from '../schema/schema.ts';
import type { AnyValue } from '../validators/any.ts';

export type { VFloat64 as VNumber } from '../validators/float64.ts';
export type { Id as BrandedId } from '../values/value.ts';

export type QueryRegistration<Args = AnyValue, Returns = AnyValue> = RegisteredQuery<Visibility, Args, Returns>;
export type MutationRegistration<Args = AnyValue, Returns = AnyValue> = RegisteredMutation<Visibility, Args, Returns>;
export type ActionRegistration<Args = AnyValue, Returns = AnyValue> = RegisteredAction<Visibility, Args, Returns>;

/** The documents of a schema, by table. */
export type InferSchema<Schema extends SchemaDefinition> = {
  [Table in keyof DataModelFromSchema<Schema>]: DataModelFromSchema<Schema>[Table]['document'];
};
