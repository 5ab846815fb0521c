import type { TableInfo, ValueAt } from '../schema/data-model.ts';
import type { Value } from '../values/value.ts';

declare const expression: unique symbol;

/** Something that is computed from each document. */
export interface Expression<Type> {
  readonly [expression]: Type;
}

export type ExpressionOrValue<Type> = Expression<Type> | Type;

type Comparable = Value | undefined;
type Numeric = number | bigint;

/** The `q` of `filter(q => …)`. Comparisons follow the one order of values, in which missing fields and NaN have their place. */
export interface FilterBuilder<Table extends TableInfo> {
  /** The value of a field, `a.b` for a nested one. */
  field<Path extends Table['fieldPaths']>(path: Path): Expression<ValueAt<Table['document'], Path>>;

  eq<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;
  neq<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;
  lt<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;
  lte<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;
  gt<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;
  gte<Type extends Comparable>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<boolean>;

  add<Type extends Numeric>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<Type>;
  sub<Type extends Numeric>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<Type>;
  mul<Type extends Numeric>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<Type>;
  div<Type extends Numeric>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<Type>;
  mod<Type extends Numeric>(left: ExpressionOrValue<Type>, right: ExpressionOrValue<Type>): Expression<Type>;
  neg<Type extends Numeric>(value: ExpressionOrValue<Type>): Expression<Type>;

  and(...conditions: ExpressionOrValue<boolean>[]): Expression<boolean>;
  or(...conditions: ExpressionOrValue<boolean>[]): Expression<boolean>;
  not(condition: ExpressionOrValue<boolean>): Expression<boolean>;
}
