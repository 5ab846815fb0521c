import type { PolicyRule } from './policy-tree.ts';

/** What a row may be asked for; `update-to` is what a changed row has become. */
export type RowAccess = 'select' | 'insert' | 'update' | 'update-to' | 'delete';

/** Which rules of one policy must all hold. None: it does not allow it. */
export function rulesFor(rules: Partial<Record<PolicyRule, unknown>>): Readonly<Record<RowAccess, readonly PolicyRule[]>> {
  const stated = (rule: PolicyRule): PolicyRule[] => (rules[rule] === undefined ? [] : [rule]);
  const [using, withCheck] = [stated('using'), stated('withCheck')];
  // A policy that names no operation is about all of them.
  const isForAll = (['select', 'insert', 'update', 'delete'] as const).every((rule) => rules[rule] === undefined);
  const also = (rule: PolicyRule, more: readonly PolicyRule[]): readonly PolicyRule[] =>
    isForAll || rules[rule] !== undefined ? [...stated(rule), ...more] : [];
  const changed = also('update', using);
  return {
    select: isForAll ? using : stated('select'),
    insert: also('insert', isForAll && withCheck.length === 0 ? using : withCheck),
    update: changed,
    'update-to': withCheck.length > 0 && changed.length > 0 ? withCheck : changed,
    delete: also('delete', using),
  };
}
