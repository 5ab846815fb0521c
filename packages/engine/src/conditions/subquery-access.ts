/**
 * How a database finds what a subquery asks for. One that is asked anew for every row and finds nothing by an index would walk
 * over its whole table each time: that no store is asked.
 */
import type { TableLayout } from '../migrate/table-layout.ts';
import type { RowCondition, RowField } from '../ports/row-condition.ts';
import { fieldKind } from './field-kind.ts';
import { fieldsOf, pinsOf } from './subqueries.ts';

/** A field of the subquery's rows that is to equal one of a row around it. Both are texts. */
export interface RowLink {
  readonly inner: RowField;
  readonly outer: RowField;
}

export type SubqueryAccess =
  /** It is the same for all rows around it. */
  | { readonly by: 'once' }
  /** For each row an index finds what is linked. */
  | { readonly by: 'index' }
  /** What the links may be is the same for all rows around it: a list that is made once. */
  | { readonly by: 'list'; readonly links: readonly RowLink[]; readonly rest: RowCondition };

type Layout = Pick<TableLayout, 'columns' | 'indexes'>;

/** Null: by nothing. @param layouts of the subquery's table and those around, the innermost first */
export function subqueryAccess(where: RowCondition, layouts: readonly Layout[]): SubqueryAccess | null {
  if (!looksOut(where, layouts.length)) return { by: 'once' };
  const conjuncts = where.type === 'and' ? where.all : [where];
  const linked = conjuncts.map((each) => linkOf(each, layouts));
  const links = linked.filter((link) => link !== null);
  const rest: RowCondition = { type: 'and', all: conjuncts.filter((_, at) => linked[at] === null) };
  const linkedFields = new Set(links.map(({ inner }) => inner.name));
  const known = new Set([...linkedFields, ...pinsOf(where).map(({ field }) => field)]);
  if (isIndexed(known, linkedFields, layouts[0])) return { by: 'index' };
  return links.length > 0 && !looksOut(rest, layouts.length) ? { by: 'list', links, rest } : null;
}

/**
 * The tables that a condition has a database walk over, once for a statement: no index finds what is asked of them.
 *
 * @param layouts of the tables around, the innermost first
 */
export function tablesWalked(condition: RowCondition, layouts: readonly Layout[], layoutOf: (table: string) => Layout): readonly string[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.all.flatMap((each) => tablesWalked(each, layouts, layoutOf));
    case 'not':
    case 'is':
      return tablesWalked(condition.of, layouts, layoutOf);
    case 'exists': {
      const { table, where } = condition;
      const inner = [layoutOf(table), ...layouts];
      const pins = new Set(pinsOf(where).map(({ field }) => field));
      const isFound = subqueryAccess(where, inner)?.by === 'index' || isIndexed(pins, pins, inner[0]);
      return [...(isFound ? [] : [table]), ...tablesWalked(where, inner, layoutOf)];
    }
    case 'known':
    case 'is-null':
    case 'holds':
    case 'compare':
    case 'like':
      return [];
    default:
      return condition satisfies never;
  }
}

function looksOut(where: RowCondition, levels: number): boolean {
  for (let up = 1; up < levels; up++) if (fieldsOf(where, up).length > 0) return true;
  return false;
}

function linkOf(condition: RowCondition, layouts: readonly Layout[]): RowLink | null {
  if (condition.type !== 'compare' || condition.by !== '=') return null;
  const { left, right } = condition;
  if (left.type !== 'field' || right.type !== 'field' || left.up === right.up || (left.up > 0 && right.up > 0)) return null;
  const isText = [left, right].every((field) => {
    const layout = layouts[field.up];
    return layout !== undefined && fieldKind(layout, field) === 'text';
  });
  return isText ? (left.up === 0 ? { inner: left, outer: right } : { inner: right, outer: left }) : null;
}

/** Whether a column index begins with fields that are known, one of these among them. */
function isIndexed(known: ReadonlySet<string>, among: ReadonlySet<string>, layout: Layout | undefined): boolean {
  if (among.has('_id')) return true;
  return (layout?.indexes ?? []).some(({ by, fields }) => {
    if (by !== 'fields') return false;
    const unknown = fields.findIndex((field) => !known.has(field));
    return (unknown < 0 ? fields : fields.slice(0, unknown)).some((field) => among.has(field));
  });
}
