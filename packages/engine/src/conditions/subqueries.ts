import type { RowCondition, RowValue } from '../ports/row-condition.ts';

export type RowSubquery = Extract<RowCondition, { readonly type: 'exists' }>;

/** All that a condition looks into besides its row, subqueries of subqueries too. */
export function subqueriesOf(condition: RowCondition): readonly RowSubquery[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.all.flatMap(subqueriesOf);
    case 'not':
    case 'is':
      return subqueriesOf(condition.of);
    case 'exists':
      return [condition, ...subqueriesOf(condition.where)];
    case 'known':
    case 'is-null':
    case 'holds':
    case 'compare':
    case 'like':
      return none;
    default:
      return condition satisfies never;
  }
}

/** The fields that a condition looks at of the row that is `up` further out. */
export function fieldsOf(condition: RowCondition, up = 0): readonly string[] {
  const named = (value: RowValue): readonly string[] => (value.type === 'field' && value.up === up ? [value.name] : []);
  switch (condition.type) {
    case 'known':
      return [];
    case 'and':
    case 'or':
      return condition.all.flatMap((each) => fieldsOf(each, up));
    case 'not':
    case 'is':
      return fieldsOf(condition.of, up);
    case 'is-null':
    case 'holds':
    case 'like':
      return named(condition.of);
    case 'compare':
      return [...named(condition.left), ...named(condition.right)];
    case 'exists':
      return fieldsOf(condition.where, up + 1);
    default:
      return condition satisfies never;
  }
}

/** Fields that have this text in every row of which the condition is true. */
export function pinsOf(condition: RowCondition): readonly { readonly field: string; readonly value: string }[] {
  if (condition.type === 'and') return condition.all.flatMap(pinsOf);
  if (condition.type !== 'compare' || condition.by !== '=') return [];
  const [field, other] = condition.left.type === 'field' ? [condition.left, condition.right] : [condition.right, condition.left];
  if (field.type !== 'field' || field.up !== 0 || field.path.length > 0) return [];
  return other.type === 'value' && typeof other.value === 'string' ? [{ field: field.name, value: other.value }] : [];
}

const none: readonly RowSubquery[] = [];
