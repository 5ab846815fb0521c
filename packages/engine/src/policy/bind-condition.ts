/**
 * A policy's condition as stores decide it, for one caller.
 *
 * What a store cannot decide exactly is left out, so that the condition is true of more rows: `isExact` says whether nothing was.
 */
import type { SchemaManifest } from '@betterbase/protocol';
import { canDecide } from '../conditions/can-decide.ts';
import { fieldKind } from '../conditions/field-kind.ts';
import { subqueryAccess } from '../conditions/subquery-access.ts';
import { asFilter, compareOf, existsOf, holdsOf, isNullOf, isOf, junction, known, notOf, type Term } from '../conditions/fold-condition.ts';
import type { TableLayout } from '../migrate/table-layout.ts';
import type { RowCondition } from '../ports/row-condition.ts';
import { claimOf } from './claim-names.ts';
import type { PolicyCaller } from './evaluation.ts';
import { likeText } from './like-text.ts';
import type { ConditionPlace } from './policy-error.ts';
import { depthOf, type PolicyScope, scopeOf, scopeOfRows } from './policy-scope.ts';
import type { PolicyNode, PolicyRows } from './policy-tree.ts';
import { isLike, memberOf } from './sql-value.ts';

export interface BoundCondition {
  readonly condition: RowCondition;
  readonly isExact: boolean;
}

export interface BindingParts {
  readonly place: ConditionPlace;
  readonly schema: SchemaManifest;
  readonly caller: PolicyCaller;
  /** Null for a table that no store has. */
  readonly layout: (table: string) => TableLayout | null;
}

export function bindCondition(node: PolicyNode, parts: BindingParts): BoundCondition {
  if (parts.layout(parts.place.table) === null) return leftOut;
  return new ConditionBinder(parts).truth(node);
}

type Node<T extends PolicyNode['type']> = Extract<PolicyNode, { readonly type: T }>;
type Leaf = Parameters<typeof canDecide>[0];

/** True of all rows, and so of more than are meant. */
const leftOut: BoundCondition = { condition: known(true), isExact: false };

class ConditionBinder {
  readonly #parts: BindingParts;
  #scope: PolicyScope;
  /** The innermost first. */
  #layouts: readonly TableLayout[];

  constructor(parts: BindingParts) {
    const { place, schema, layout } = parts;
    const scope = scopeOf(schema, place.table, place.table, null);
    const own = layout(place.table);
    if (scope === null || own === null) throw new TypeError(`There is no table ${place.table}.`);
    this.#parts = parts;
    this.#scope = scope;
    this.#layouts = [own];
  }

  truth(node: PolicyNode): BoundCondition {
    switch (node.type) {
      case 'and':
      case 'or':
        return joined(node.type, [this.truth(node.left), this.truth(node.right)]);
      case 'not':
        return exactly(this.truth(node.of), notOf);
      case 'is':
        return this.#is(node);
      case 'compare':
        return this.#compare(node.by, this.#term(node.left), this.#term(node.right));
      case 'in': {
        const of = this.#term(node.of);
        return joined(
          'or',
          node.list.map((each) => this.#compare('=', of, this.#term(each))),
        );
      }
      case 'like':
        return this.#like(node);
      case 'exists':
        return this.#exists(node.rows, () => []);
      case 'in-rows':
        return this.#inRows(node);
      case 'literal':
      case 'column':
      case 'identity':
      case 'member': {
        const term = this.#term(node);
        return term === null ? leftOut : this.#decided(holdsOf(term));
      }
      default:
        return node satisfies never;
    }
  }

  #is({ of, what }: Node<'is'>): BoundCondition {
    const term = what === null ? this.#term(of) : null;
    return term === null ? exactly(this.truth(of), (each) => isOf(each, what)) : this.#decided(isNullOf(term));
  }

  #compare(by: Node<'compare'>['by'], left: Term | null, right: Term | null): BoundCondition {
    return left === null || right === null ? leftOut : this.#decided(compareOf(by, left, right));
  }

  #like({ of, pattern, ignoresCase }: Node<'like'>): BoundCondition {
    const [text, like] = [this.#term(of), this.#term(pattern)];
    if (text === null || like?.type !== 'known') return leftOut;
    if (text.type === 'known') return { condition: known(isLike(text.value, like.value, ignoresCase)), isExact: true };
    if (typeof like.value !== 'string') return { condition: known(null), isExact: true };
    const wanted = likeText(like.value);
    if (wanted === null) return leftOut;
    if (wanted.how === 'is' && !ignoresCase) return this.#compareText(text, wanted.text);
    return this.#decided({ type: 'like', of: text, ...wanted, ignoresCase });
  }

  /** What is no text is like nothing, and not unlike it either. */
  #compareText(of: Extract<Term, { readonly type: 'field' }>, text: string): BoundCondition {
    const layout = this.#layouts[of.up];
    const isText = layout !== undefined && fieldKind(layout, of) === 'text';
    return isText ? this.#compare('=', of, { type: 'known', value: text }) : leftOut;
  }

  #inRows({ of, rows, column }: Node<'in-rows'>): BoundCondition {
    const outer = this.#term(of);
    const wanted: Term | null = outer?.type === 'field' ? { ...outer, up: outer.up + 1 } : outer;
    const equals = (): BoundCondition => this.#compare('=', wanted, this.#term(column));
    const found = this.#exists(rows, () => [equals()]);
    const perhaps = this.#exists(rows, () => [exactly(equals(), (each) => isOf(each, null))]);
    return joined('or', [found, joined('and', [perhaps, { condition: known(null), isExact: true }])]);
  }

  #exists(rows: PolicyRows, more: () => readonly BoundCondition[]): BoundCondition {
    const layout = this.#parts.layout(rows.table);
    if (layout === null) return leftOut;
    const [scope, layouts] = [this.#scope, this.#layouts];
    this.#scope = scopeOfRows(this.#parts.schema, rows, scope, this.#parts.place);
    this.#layouts = [layout, ...layouts];
    const where = joined('and', [...(rows.where === null ? [] : [this.truth(rows.where)]), ...more()]);
    const isServed = subqueryAccess(asFilter(where.condition), this.#layouts) !== null;
    this.#scope = scope;
    this.#layouts = layouts;
    return isServed ? { condition: existsOf(rows.table, where.condition), isExact: where.isExact } : leftOut;
  }

  /** Null for what is no plain value: a condition that is compared with something. */
  #term(node: PolicyNode): Term | null {
    switch (node.type) {
      case 'literal':
        return { type: 'known', value: node.value };
      case 'identity': {
        const { caller } = this.#parts;
        return { type: 'known', value: node.part === 'authenticated' ? caller.uid !== null : caller[node.part] };
      }
      case 'column':
        return { type: 'field', name: node.name, up: depthOf(node, this.#scope, this.#parts.place), path: [] };
      case 'member':
        return this.#member(node);
      default:
        return null;
    }
  }

  #member({ of: parent, key }: Node<'member'>): Term | null {
    const of = this.#term(parent);
    if (of === null) return null;
    if (of.type === 'known') {
      const isClaim = parent.type === 'identity' && parent.part === 'jwt' && typeof key === 'string';
      const [own, other] = isClaim ? claimOf(key) : [key];
      return { type: 'known', value: memberOf(of.value, own) ?? (other === undefined ? null : memberOf(of.value, other)) };
    }
    const layout = this.#layouts[of.up];
    const kind = layout === undefined ? 'list' : fieldKind(layout, { name: of.name, path: [] });
    if (kind === 'list') return null;
    // Only encodings have names that begin so, and what they stand for has no parts; nor has what is no JSON.
    if (kind !== 'json' || (typeof key === 'string' && key.startsWith('$'))) return { type: 'known', value: null };
    return { ...of, path: [...of.path, key] };
  }

  #decided(condition: RowCondition | null): BoundCondition {
    if (condition === null) return leftOut;
    return !isLeaf(condition) || canDecide(condition, this.#layouts) ? { condition, isExact: true } : leftOut;
  }
}

function isLeaf(condition: RowCondition): condition is Leaf {
  return ['is-null', 'holds', 'compare', 'like'].includes(condition.type);
}

/** What is made of a condition of which nothing was left out. */
function exactly(bound: BoundCondition, make: (condition: RowCondition) => RowCondition): BoundCondition {
  return bound.isExact ? { condition: make(bound.condition), isExact: true } : leftOut;
}

/** What decides by itself makes up for what was left out beside it. */
export function joined(type: 'and' | 'or', all: readonly BoundCondition[]): BoundCondition {
  const condition = junction(
    type,
    all.map((each) => each.condition),
  );
  const decides = all.some((each) => each.isExact && each.condition.type === 'known' && each.condition.truth === (type === 'or'));
  return { condition, isExact: decides || all.every(({ isExact }) => isExact) };
}
