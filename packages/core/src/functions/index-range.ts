import type { ValueAt } from '../schema/data-model.ts';
import type { AnyValue } from '../validators/any.ts';

declare const indexRange: unique symbol;

/** A finished range, what the callback of `withIndex` returns. */
export interface IndexRange {
  readonly [indexRange]: true;
}

/**
 * The `q` of `withIndex(name, q => …)`: any number of `eq` in the order of the index's fields, then at most one lower
 * (`gt`, `gte`) and one upper bound (`lt`, `lte`) on the next field. `undefined` matches a missing field.
 */
export type IndexRangeBuilder<Document, Fields extends readonly string[]> = number extends Fields['length']
  ? UntypedRange
  : Fields extends readonly [infer Field extends string, ...infer Rest extends readonly string[]]
    ? RangeStep<Document, Field, Rest>
    : IndexRange;

export interface RangeStep<Document, Field extends string, Rest extends readonly string[]> extends IndexRange {
  eq(field: Field, value: ValueAt<Document, Field>): IndexRangeBuilder<Document, Rest>;
  gt(field: Field, value: ValueAt<Document, Field>): UpperBound<Document, Field>;
  gte(field: Field, value: ValueAt<Document, Field>): UpperBound<Document, Field>;
  lt(field: Field, value: ValueAt<Document, Field>): LowerBound<Document, Field>;
  lte(field: Field, value: ValueAt<Document, Field>): LowerBound<Document, Field>;
}

/** A range that has its lower bound. */
export interface UpperBound<Document, Field extends string> extends IndexRange {
  lt(field: Field, value: ValueAt<Document, Field>): IndexRange;
  lte(field: Field, value: ValueAt<Document, Field>): IndexRange;
}

/** A range that has its upper bound. */
export interface LowerBound<Document, Field extends string> extends IndexRange {
  gt(field: Field, value: ValueAt<Document, Field>): IndexRange;
  gte(field: Field, value: ValueAt<Document, Field>): IndexRange;
}

/** The same where the schema is not known: checked when it runs. */
export interface UntypedRange extends IndexRange {
  eq(field: string, value: AnyValue): UntypedRange;
  gt(field: string, value: AnyValue): UntypedRange;
  gte(field: string, value: AnyValue): UntypedRange;
  lt(field: string, value: AnyValue): UntypedRange;
  lte(field: string, value: AnyValue): UntypedRange;
}
