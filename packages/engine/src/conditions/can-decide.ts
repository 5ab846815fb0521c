/**
 * Which conditions every store decides exactly as the engine would. What is left out is not wrong in SQL by much, but it is
 * wrong: JSON's numbers are rounded when they are read, some texts rest with others in their place, whole numbers past 2^53 as bytes.
 */
import type { TableLayout } from '../migrate/table-layout.ts';
import type { RowCondition, RowValue } from '../ports/row-condition.ts';
import { type FieldKind, fieldKind } from './field-kind.ts';

type Leaf = Exclude<RowCondition, { readonly type: 'known' | 'and' | 'or' | 'not' | 'is' | 'exists' }>;

/** @param layouts of the tables around, the innermost first */
export function canDecide(leaf: Leaf, layouts: readonly TableLayout[]): boolean {
  const kindOf = (value: RowValue): FieldKind | null => {
    const layout = value.type === 'field' ? layouts[value.up] : undefined;
    if (value.type === 'value' || layout === undefined || !isPlain(value)) return null;
    const isInside = value.path.length > 0 && fieldKind(layout, { ...value, path: [] }) !== 'json';
    return isInside ? null : fieldKind(layout, value);
  };
  switch (leaf.type) {
    case 'is-null':
    case 'holds':
      return kindOf(leaf.of) !== null;
    case 'like':
      return kindOf(leaf.of) === 'text' && !control.test(leaf.text);
    case 'compare':
      return comparesExactly(leaf, kindOf);
    default:
      return leaf satisfies never;
  }
}

function comparesExactly(
  { by, left, right }: Extract<Leaf, { readonly type: 'compare' }>,
  kindOf: (value: RowValue) => FieldKind | null,
): boolean {
  const isEquality = by === '=' || by === '!=';
  const isExact = (one: RowValue, other: RowValue): boolean => {
    if (one.type === 'value') return true;
    const kind = kindOf(one);
    if (kind === null || kind === 'list') return false;
    if (kind === 'json') return isEquality && other.type === 'value' && !(other.value instanceof ArrayBuffer);
    if (kind !== 'whole') return true;
    return isEquality && other.type === 'value' && (typeof other.value !== 'number' || isCountable(other.value));
  };
  return isExact(left, right) && isExact(right, left);
}

/** A whole number that a column of integers may have, or a fraction, which none has. */
function isCountable(number: number): boolean {
  return Number.isSafeInteger(number) || !Number.isInteger(number);
}

/** A text may be written with others in their place. */
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0002]/;
/** Names that can stand in a path as they are. */
const plainKey = /^[\w .:@/-]+$/;

function isPlain({ name, path }: Extract<RowValue, { readonly type: 'field' }>): boolean {
  return plainKey.test(name) && path.every((key) => (typeof key === 'string' ? plainKey.test(key) : Number.isSafeInteger(key)));
}
