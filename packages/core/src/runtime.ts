/** Everything an app's functions need. No zod in here: this is what enters function bundles. */
export * from './errors/app-error.ts';
export * from './errors/betterbase-error.ts';
export * from './errors/codes.ts';
export * from './errors/format-error.ts';
export * from './errors/iac-errors.ts';
export * from './limits/fixed-limits.ts';
export * from './limits/limit-error.ts';
export * from './limits/limit-table.ts';
export * from './limits/project-limits.ts';
export * from './values/compare.ts';
export { decodeFromJson, decodeValue } from './values/decode.ts';
export { describeValue } from './values/describe.ts';
export { encodeToJson, encodeValue, maxValueDepth } from './values/encode.ts';
export * from './values/value.ts';
export * from './auth/auth-config.ts';
export * from './config/provider-manifest.ts';
export * from './functions/api.ts';
export type * from './functions/api-types.ts';
export type * from './functions/auth.ts';
export type * from './functions/context.ts';
export type * from './functions/function-meta.ts';
export type * from './functions/database.ts';
export * from './functions/drizzle-registry.ts';
export type * from './functions/query-analysis.ts';
export type * from './functions/sql-source.ts';
export * from './functions/crons.ts';
export * from './functions/define-function.ts';
export { env } from './functions/environment.ts';
export type * from './functions/filter-builder.ts';
export type * from './functions/function-builder.ts';
export type * from './functions/function-kind.ts';
export * from './functions/function-path.ts';
export type * from './functions/function-reference.ts';
export * from './functions/http-action.ts';
export * from './functions/http-router.ts';
export * from './functions/http-routes.ts';
export type * from './functions/index-range.ts';
export * from './functions/migration.ts';
export type * from './functions/optimistic-store.ts';
export { nodeBuiltin } from './functions/node-builtin.ts';
export * from './functions/pagination.ts';
export type * from './functions/query-builder.ts';
export type * from './functions/search-filter.ts';
export type * from './functions/vector-search.ts';
export type * from './functions/function-definition.ts';
export { ownDefinition } from './functions/function-definition.ts';
export type * from './functions/scheduler.ts';
export type * from './functions/system-tables.ts';
export { functionDefinition } from './functions/registered-function.ts';
export type * from './functions/registered-function.ts';
export type * from './names/betterbase-names.ts';
export type * from './names/convex-names.ts';
export * from './names/convex-server.ts';
export * from './names/convex-values.ts';
export * from './policies/define-policy.ts';
export * from './policies/row-security.ts';
export * from './schema/convex-schema.ts';
export type * from './schema/data-model.ts';
export { nameProblem } from './schema/name-problem.ts';
export * from './schema/schema.ts';
export type * from './schema/schema-manifest.ts';
export * from './schema/table.ts';
export * from './schema/users-table.ts';
export type { AnyValue, VAny } from './validators/any.ts';
export type { VArray } from './validators/array.ts';
export type { VBoolean } from './validators/boolean.ts';
export type { VBytes } from './validators/bytes.ts';
export * from './validators/check-value.ts';
export type { VDatetime } from './validators/datetime.ts';
export type { VCommitTs } from './validators/commit-ts.ts';
export type { Expand } from './validators/expand.ts';
export type { Fields, FieldPathsOf, ObjectOf } from './validators/fields.ts';
export type { VFloat64 } from './validators/float64.ts';
export type { VFullText } from './validators/full-text.ts';
export type { IdOptions, OnDelete, VId } from './validators/id.ts';
export type { VInt64 } from './validators/int64.ts';
export type { Literal, VLiteral } from './validators/literal.ts';
export type { VNull } from './validators/null.ts';
export type { VObject } from './validators/object.ts';
export type { VOptional } from './validators/optional.ts';
export type { VRecord } from './validators/record.ts';
export type { VString } from './validators/string.ts';
export type { VUnion } from './validators/union.ts';
export { v } from './validators/v.ts';
export {
  type AnyValidator,
  type Infer,
  isValidator,
  type Optionality,
  type ValidationContext,
  type Validator,
  type ValidatorKind,
} from './validators/validator.ts';
export * from './validators/validator-from-json.ts';
export type * from './validators/validator-json.ts';
export type { VVector } from './validators/vector.ts';
