/** Conditions put together of parts, whatever is known by then worked out. */
import type { Value } from '@betterbase/core';
import { compareSql, memberOf, not, type SqlValue, toSqlValue, toTruth, type Truth } from '../policy/sql-value.ts';
import type { RowComparison, RowCondition, RowField, RowValue } from '../ports/row-condition.ts';
import { compares } from './row-holds.ts';

/** A value that is known, or a field of a row. */
export type Term = RowField | { readonly type: 'known'; readonly value: SqlValue };

export function known(truth: Truth): RowCondition {
  return { type: 'known', truth };
}

export function junction(type: 'and' | 'or', all: readonly RowCondition[]): RowCondition {
  const decisive = type === 'or';
  const rest: RowCondition[] = [];
  let isUnknown = false;
  for (const each of all) {
    if (each.type === type) rest.push(...each.all);
    else if (each.type !== 'known') rest.push(each);
    else if (each.truth === decisive) return each;
    else isUnknown ||= each.truth === null;
  }
  if (isUnknown) rest.push(known(null));
  const [only, ...more] = rest;
  if (only === undefined) return known(!decisive);
  return more.length === 0 ? only : { type, all: rest };
}

export function notOf(of: RowCondition): RowCondition {
  return of.type === 'known' ? known(not(of.truth)) : { type: 'not', of };
}

export function isOf(of: RowCondition, truth: Truth): RowCondition {
  return of.type === 'known' ? known(of.truth === truth) : { type: 'is', of, truth };
}

export function isNullOf(of: Term): RowCondition {
  return of.type === 'known' ? known(of.value === null) : { type: 'is-null', of };
}

export function holdsOf(of: Term): RowCondition {
  return of.type === 'known' ? known(toTruth(of.value)) : { type: 'holds', of };
}

/** Null where a value cannot be said to a store. */
export function compareOf(by: RowComparison, left: Term, right: Term): RowCondition | null {
  if (left.type === 'known' && right.type === 'known') return known(compares(compareSql(left.value, right.value), by));
  // Whatever compares with nothing does not with a field either.
  if ([left, right].some((term) => term.type === 'known' && compareSql(term.value, 0) === null)) return known(null);
  const [one, other] = [sayable(left), sayable(right)];
  return one === null || other === null ? null : { type: 'compare', by, left: one, right: other };
}

export function existsOf(table: string, where: RowCondition): RowCondition {
  const filter = asFilter(where);
  return filter.type === 'known' && filter.truth !== true ? known(false) : { type: 'exists', table, where: filter };
}

function sayable(term: Term): RowValue | null {
  if (term.type === 'field') return term;
  const { value } = term;
  if (typeof value === 'string') return value.isWellFormed() ? { type: 'value', value } : null;
  if (typeof value === 'number') return Number.isFinite(value) ? { type: 'value', value } : null;
  return typeof value === 'boolean' || value instanceof ArrayBuffer ? { type: 'value', value } : null;
}

/** The same where only what is true counts. */
export function asFilter(condition: RowCondition): RowCondition {
  switch (condition.type) {
    case 'known':
      return known(condition.truth === true);
    case 'and':
    case 'or':
      return junction(condition.type, condition.all.map(asFilter));
    case 'is':
      return condition.truth === true ? asFilter(condition.of) : condition;
    default:
      return condition;
  }
}

/** The condition of rows of which some fields are known. */
export function withKnown(condition: RowCondition, fields: ReadonlyMap<string, Value | undefined>, up = 0): RowCondition {
  const inner = (each: RowCondition): RowCondition => withKnown(each, fields, up);
  const term = (of: RowField): Term =>
    of.up === up && fields.has(of.name)
      ? { type: 'known', value: of.path.reduce<SqlValue>(memberOf, toSqlValue(fields.get(of.name))) }
      : of;
  switch (condition.type) {
    case 'known':
    case 'like':
      return condition;
    case 'and':
    case 'or':
      return junction(condition.type, condition.all.map(inner));
    case 'not':
      return notOf(inner(condition.of));
    case 'is':
      return isOf(inner(condition.of), condition.truth);
    case 'is-null':
      return isNullOf(term(condition.of));
    case 'holds':
      return holdsOf(term(condition.of));
    case 'compare': {
      const [left, right] = [condition.left, condition.right].map(
        (of): Term => (of.type === 'field' ? term(of) : { type: 'known', value: of.value }),
      );
      return (left && right && compareOf(condition.by, left, right)) ?? condition;
    }
    case 'exists':
      return existsOf(condition.table, withKnown(condition.where, fields, up + 1));
    default:
      return condition satisfies never;
  }
}
