import { BetterBaseError, type Value } from '@betterbase/core';
import type { RangeEnd } from '../ports/document-store.ts';
import { fieldNamed } from './field-name.ts';
import { filterBuilder, type FilterExpression } from './filter-expression.ts';

type Bound = { readonly field: string; readonly value: Value | undefined; readonly inclusive: boolean };

/**
 * The `q` of `.withIndex(name, q => …)`: any number of `eq` in index order, then at most one lower and one upper bound on
 * the next field. Each call returns the next state, so a half-built range can be used twice.
 */
export class IndexRangeBuilder {
  readonly #index: string;
  readonly #fields: readonly string[];
  readonly #equal: readonly (Value | undefined)[];
  readonly #lower: Bound | null;
  readonly #upper: Bound | null;

  constructor(
    index: string,
    fields: readonly string[],
    equal: readonly (Value | undefined)[] = [],
    bounds: { readonly lower: Bound | null; readonly upper: Bound | null } = { lower: null, upper: null },
  ) {
    this.#index = index;
    this.#fields = fields;
    this.#equal = equal;
    this.#lower = bounds.lower;
    this.#upper = bounds.upper;
  }

  eq(field: string, value: Value | undefined): IndexRangeBuilder {
    if (this.#lower !== null || this.#upper !== null) throw this.#wrong(`eq('${field}') comes after a bound`);
    this.#assertNext(field, 'eq');
    return new IndexRangeBuilder(this.#index, this.#fields, [...this.#equal, value]);
  }

  gt(field: string, value: Value | undefined): IndexRangeBuilder {
    return this.#withLower({ field, value, inclusive: false }, 'gt');
  }

  gte(field: string, value: Value | undefined): IndexRangeBuilder {
    return this.#withLower({ field, value, inclusive: true }, 'gte');
  }

  lt(field: string, value: Value | undefined): IndexRangeBuilder {
    return this.#withUpper({ field, value, inclusive: false }, 'lt');
  }

  lte(field: string, value: Value | undefined): IndexRangeBuilder {
    return this.#withUpper({ field, value, inclusive: true }, 'lte');
  }

  ends(): { readonly lower: RangeEnd; readonly upper: RangeEnd } {
    const equal = this.#equal.slice(0, this.#fields.length);
    const all: RangeEnd = { prefix: equal, inclusive: true };
    const end = (bound: Bound | null): RangeEnd =>
      bound === null || this.#isAtId() ? all : { prefix: [...equal, bound.value], inclusive: bound.inclusive };
    return { lower: end(this.#lower), upper: end(this.#upper) };
  }

  /** What was asked of `_id` behind `_creationTime`: no key has it, because one creation time is one document already. */
  onId(): readonly FilterExpression[] {
    const id = filterBuilder.field('_id');
    if (this.#equal.length > this.#fields.length) return [filterBuilder.eq(id, this.#equal.at(-1))];
    if (!this.#isAtId()) return [];
    const lower = this.#lower === null ? [] : [filterBuilder[this.#lower.inclusive ? 'gte' : 'gt'](id, this.#lower.value)];
    const upper = this.#upper === null ? [] : [filterBuilder[this.#upper.inclusive ? 'lte' : 'lt'](id, this.#upper.value)];
    return [...lower, ...upper];
  }

  /** Every field of the index is fixed, `_creationTime` being the last. */
  #isAtId(): boolean {
    return this.#equal.length >= this.#fields.length && this.#fields.at(-1) === '_creationTime';
  }

  #withLower(bound: Bound, method: string): IndexRangeBuilder {
    if (this.#lower !== null) throw this.#wrong(`${method}('${bound.field}') is a second lower bound`);
    if (this.#upper !== null && this.#upper.field !== bound.field) throw this.#wrong('the bounds are on two different fields');
    this.#assertNext(bound.field, method);
    return new IndexRangeBuilder(this.#index, this.#fields, this.#equal, { lower: bound, upper: this.#upper });
  }

  #withUpper(bound: Bound, method: string): IndexRangeBuilder {
    if (this.#upper !== null) throw this.#wrong(`${method}('${bound.field}') is a second upper bound`);
    if (this.#lower !== null && this.#lower.field !== bound.field) throw this.#wrong('the bounds are on two different fields');
    this.#assertNext(bound.field, method);
    return new IndexRangeBuilder(this.#index, this.#fields, this.#equal, { lower: this.#lower, upper: bound });
  }

  #assertNext(field: string, method: string): void {
    const isId = this.#equal.length === this.#fields.length && this.#isAtId();
    const expected = isId ? '_id' : this.#fields[this.#equal.length];
    if (field === expected || fieldNamed(field) === expected) return;
    if (expected === undefined) throw this.#wrong(`${method}('${field}') is more than the index has`);
    throw this.#wrong(`${method}('${field}') does not follow the order of its fields`);
  }

  #wrong(what: string): BetterBaseError {
    return new BetterBaseError('query/bad-range', `This range on index \`${this.#index}\` does not work: ${what}.`, {
      hint: `Its fields are ${this.#fields.join(', ')}, in this order: any number of eq from the start, then gt/gte and lt/lte on the next field.`,
    });
  }
}
