/** A condition asked of a row here, for stores that have no SQL. */
import type { Value } from '@betterbase/core';
import { compareSql, memberOf, not, type SqlValue, toSqlValue, toTruth, type Truth } from '../policy/sql-value.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { RowComparison, RowCondition, RowValue } from '../ports/row-condition.ts';

/** @param rows the innermost first. @param rowsOf all rows of a table */
export function rowHolds(
  condition: RowCondition,
  rows: readonly StoredDocument[],
  rowsOf: (table: string) => Iterable<StoredDocument>,
): Truth {
  const ask = (each: RowCondition): Truth => rowHolds(each, rows, rowsOf);
  switch (condition.type) {
    case 'known':
      return condition.truth;
    case 'and':
    case 'or': {
      const decisive = condition.type === 'or';
      const truths = condition.all.map(ask);
      return truths.includes(decisive) ? decisive : truths.includes(null) ? null : !decisive;
    }
    case 'not':
      return not(ask(condition.of));
    case 'is':
      return ask(condition.of) === condition.truth;
    case 'is-null':
      return valueOf(condition.of, rows) === null;
    case 'holds':
      return toTruth(valueOf(condition.of, rows));
    case 'compare':
      return compares(compareSql(valueOf(condition.left, rows), valueOf(condition.right, rows)), condition.by);
    case 'like':
      return isAlike(valueOf(condition.of, rows), condition);
    case 'exists':
      for (const row of rowsOf(condition.table)) if (rowHolds(condition.where, [row, ...rows], rowsOf) === true) return true;
      return false;
    default:
      return condition satisfies never;
  }
}

export function compares(order: number | null, by: RowComparison): Truth {
  if (order === null) return null;
  switch (by) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return by satisfies never;
  }
}

function valueOf(value: RowValue, rows: readonly StoredDocument[]): SqlValue {
  if (value.type === 'value') return value.value;
  const row: { readonly [field: string]: Value } = rows[value.up] ?? {};
  return value.path.reduce<SqlValue>(memberOf, toSqlValue(Object.hasOwn(row, value.name) ? row[value.name] : undefined));
}

function isAlike(value: SqlValue, { how, text, ignoresCase }: Extract<RowCondition, { readonly type: 'like' }>): Truth {
  if (typeof value !== 'string') return null;
  const [one, other] = ignoresCase ? [lowered(value), lowered(text)] : [value, text];
  switch (how) {
    case 'is':
      return one === other;
    case 'starts':
      return one.startsWith(other);
    case 'contains':
      return one.includes(other);
    default:
      return how satisfies never;
  }
}

/** Letters of ASCII only, as databases do it. */
export function lowered(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
