import { BetterBaseError, compareValues, type Value } from '@betterbase/core';
import { fieldAt } from '../transaction/index-key.ts';
import { fieldNamed } from './field-name.ts';
import type { StoredDocument } from '../ports/document-store.ts';

type Operand = Value | undefined;

/** One node of a `filter` expression: a way to get a value from a document. */
export class FilterExpression {
  readonly evaluate: (document: StoredDocument) => Operand;
  /** What must hold of a document that passes, as far as it compares a field with a constant. */
  readonly compared: readonly FieldComparison[];
  /** The field that this is, if it is one. */
  readonly field: string | null;

  constructor(
    evaluate: (document: StoredDocument) => Operand,
    compared: readonly FieldComparison[] = nothing,
    field: string | null = null,
  ) {
    this.evaluate = evaluate;
    this.compared = compared;
    this.field = field;
  }
}

/** A field that an index could have found by. */
export interface FieldComparison {
  readonly field: string;
  readonly by: 'eq' | 'range';
}

const nothing: readonly FieldComparison[] = [];

function comparedFields(by: FieldComparison['by'] | null, left: FilterInput, right: FilterInput): readonly FieldComparison[] {
  if (by === null) return nothing;
  if (left instanceof FilterExpression && left.field !== null && !(right instanceof FilterExpression)) return [{ field: left.field, by }];
  if (right instanceof FilterExpression && right.field !== null && !(left instanceof FilterExpression)) return [{ field: right.field, by }];
  return nothing;
}

export type FilterInput = FilterExpression | Operand;

function toExpression(input: FilterInput): FilterExpression {
  return input instanceof FilterExpression ? input : new FilterExpression(() => input);
}

function comparison(by: FieldComparison['by'] | null, holds: (order: number) => boolean) {
  return (left: FilterInput, right: FilterInput): FilterExpression => {
    const a = toExpression(left);
    const b = toExpression(right);
    return new FilterExpression(
      (document) => holds(compareValues(a.evaluate(document), b.evaluate(document))),
      comparedFields(by, left, right),
    );
  };
}

function arithmetic(name: string, onNumbers: (a: number, b: number) => number, onIntegers: (a: bigint, b: bigint) => bigint) {
  return (left: FilterInput, right: FilterInput): FilterExpression => {
    const a = toExpression(left);
    const b = toExpression(right);
    return new FilterExpression((document) => {
      const x = a.evaluate(document);
      const y = b.evaluate(document);
      if (typeof x === 'number' && typeof y === 'number') return onNumbers(x, y);
      if (typeof x === 'bigint' && typeof y === 'bigint') return BigInt.asIntN(64, onIntegers(x, y));
      throw new BetterBaseError('query/bad-filter', `q.${name} needs two numbers or two int64, and got ${kindOf(x)} and ${kindOf(y)}.`);
    });
  };
}

function truth(operand: Operand, of: string): boolean {
  if (typeof operand === 'boolean') return operand;
  throw new BetterBaseError('query/bad-filter', `${of} needs a boolean and got ${kindOf(operand)}.`, {
    hint: 'Compare first, e.g. q.eq(q.field("done"), true).',
  });
}

function kindOf(operand: Operand): string {
  if (operand === null || operand === undefined) return String(operand);
  if (Array.isArray(operand)) return 'an array';
  return operand instanceof ArrayBuffer ? 'bytes' : `${typeof operand === 'object' ? 'an object' : `a ${typeof operand}`}`;
}

/** The `q` of `.filter(q => …)`. Comparisons follow the one value order, missing fields and NaN included. */
export const filterBuilder = {
  field: (path: string) => {
    const name = fieldNamed(path);
    return new FilterExpression((document) => fieldAt(document, name), nothing, name);
  },
  eq: comparison('eq', (order) => order === 0),
  neq: comparison(null, (order) => order !== 0),
  lt: comparison('range', (order) => order < 0),
  lte: comparison('range', (order) => order <= 0),
  gt: comparison('range', (order) => order > 0),
  gte: comparison('range', (order) => order >= 0),
  add: arithmetic(
    'add',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: arithmetic(
    'sub',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: arithmetic(
    'mul',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  div: arithmetic(
    'div',
    (a, b) => a / b,
    (a, b) => divide(a, b),
  ),
  mod: arithmetic(
    'mod',
    (a, b) => a % b,
    (a, b) => a - divide(a, b) * b,
  ),
  neg: (input: FilterInput) => {
    const expression = toExpression(input);
    return new FilterExpression((document) => {
      const value = expression.evaluate(document);
      if (typeof value === 'number') return -value;
      if (typeof value === 'bigint') return BigInt.asIntN(64, -value);
      throw new BetterBaseError('query/bad-filter', `q.neg needs a number or an int64, and got ${kindOf(value)}.`);
    });
  },
  and: (...inputs: FilterInput[]) => {
    const expressions = inputs.map(toExpression);
    return new FilterExpression(
      (document) => expressions.every((each) => truth(each.evaluate(document), 'q.and')),
      expressions.flatMap((each) => each.compared),
    );
  },
  or: (...inputs: FilterInput[]) => {
    const expressions = inputs.map(toExpression);
    return new FilterExpression((document) => expressions.some((each) => truth(each.evaluate(document), 'q.or')));
  },
  not: (input: FilterInput) => {
    const expression = toExpression(input);
    return new FilterExpression((document) => !truth(expression.evaluate(document), 'q.not'));
  },
} as const;

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new BetterBaseError('query/bad-filter', 'A filter divides an int64 by zero.');
  return a / b;
}

/** Whether a document passes. @throws BetterBaseError `query/bad-filter` when the expression gives no boolean. */
export function passes(expression: FilterInput, document: StoredDocument): boolean {
  return truth(toExpression(expression).evaluate(document), 'filter');
}

const operators = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const;

/** The expression of `.filter(field, op, value)`. */
export function fieldFilter(field: string, operator: string, value: Operand): FilterExpression {
  const known = operators.find((each) => each === operator);
  if (known === undefined) {
    throw new BetterBaseError('query/bad-filter', `filter does not know the operator \`${operator}\`.`, {
      hint: `Use one of ${operators.join(', ')}.`,
    });
  }
  return filterBuilder[known](filterBuilder.field(field), value);
}

/** What must hold of a document that passes these. */
export function comparedBy(filters: readonly FilterInput[]): readonly FieldComparison[] {
  return filters.flatMap((filter) => (filter instanceof FilterExpression ? filter.compared : []));
}
