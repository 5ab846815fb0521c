import { encodeToJson } from '@betterbase/core';
import type { SchemaManifest } from '@betterbase/protocol';
import { after, type Asked, type Later, type Pin, type RowFrame } from './evaluation.ts';
import { claimOf } from './claim-names.ts';
import { badPolicy, type ConditionPlace } from './policy-error.ts';
import { depthOf, type PolicyScope, scopeOfRows } from './policy-scope.ts';
import type { IdentityPart, PolicyNode, PolicyRows } from './policy-tree.ts';
import { compares } from '../conditions/row-holds.ts';
import { compareSql, isLike, memberOf, not, type SqlValue, toSqlValue, toTruth, type Truth } from './sql-value.ts';

export type Evaluate = (asked: Asked) => Later<SqlValue>;
type Column = Extract<PolicyNode, { type: 'column' }>;

/** A field that rows must have, and how to get its value without looking at the row. */
export interface PinnedField {
  readonly field: string;
  readonly value: Evaluate;
}

interface Level {
  readonly scope: PolicyScope;
  /** What the subquery takes from rows around it, by what names it: all that its answer depends on besides its table and the caller. */
  readonly taken: Map<string, Evaluate>;
  readonly outer: Level | null;
}

/**
 * Makes a condition's tree into something that can be asked, for one schema.
 *
 * @throws BetterBaseError `policy/invalid` for names that the schema does not have
 */
export class ConditionCompiler {
  readonly #place: ConditionPlace;
  readonly #schema: SchemaManifest;
  #level: Level;

  constructor(place: ConditionPlace, schema: SchemaManifest, scope: PolicyScope) {
    this.#place = place;
    this.#schema = schema;
    this.#level = { scope, taken: new Map(), outer: null };
  }

  compile(node: PolicyNode): Evaluate {
    switch (node.type) {
      case 'literal':
        return () => node.value;
      case 'column':
        return this.#column(node);
      case 'identity':
        return identityPart(node.part);
      case 'member':
        return this.#member(node);
      case 'compare':
        return this.#both(node.left, node.right, (left, right) => compares(compareSql(left, right), node.by));
      case 'like':
        return this.#both(node.of, node.pattern, (text, pattern) => isLike(text, pattern, node.ignoresCase));
      case 'and':
      case 'or':
        return this.#junction(node.type === 'or', node.left, node.right);
      case 'not': {
        const of = this.compile(node.of);
        return (asked) => after(of(asked), (value) => not(toTruth(value)));
      }
      case 'is': {
        const of = this.compile(node.of);
        return (asked) => after(of(asked), (value) => (node.what === null ? value === null : toTruth(value) === node.what));
      }
      case 'in':
        return this.#inList(node.of, node.list);
      case 'exists':
        return this.#subquery(node.rows, null, null);
      case 'in-rows':
        return this.#subquery(node.rows, node.of, node.column);
      default:
        return this.#unknown(node);
    }
  }

  /** The fields whose values every row has for which the condition holds. */
  pins(node: PolicyNode): PinnedField[] {
    if (node.type === 'and') return [...this.pins(node.left), ...this.pins(node.right)];
    if (node.type !== 'compare' || node.by !== '=') return [];
    return [...this.#pin(node.left, node.right), ...this.#pin(node.right, node.left)];
  }

  #pin(column: PolicyNode, value: PolicyNode): PinnedField[] {
    if (column.type !== 'column' || !this.#isOuter(value)) return [];
    if (depthOf(column, this.#level.scope, this.#place) > 0) return [];
    return [{ field: column.name, value: this.compile(value) }];
  }

  /** Whether the value is known before a row of the innermost table is. */
  #isOuter(node: PolicyNode): boolean {
    if (node.type === 'column') return depthOf(node, this.#level.scope, this.#place) > 0;
    return node.type === 'literal' || node.type === 'identity' || (node.type === 'member' && this.#isOuter(node.of));
  }

  #member({ of: parent, key }: Extract<PolicyNode, { type: 'member' }>): Evaluate {
    const of = this.compile(parent);
    const isClaim = parent.type === 'identity' && parent.part === 'jwt' && typeof key === 'string';
    const [own, other] = isClaim ? claimOf(key) : [key];
    return (asked) => after(of(asked), (value) => memberOf(value, own) ?? (other === undefined ? null : memberOf(value, other)));
  }

  #column(node: Column): Evaluate {
    const depth = depthOf(node, this.#level.scope, this.#place);
    let level: Level = this.#level;
    for (let out = depth; out > 0 && level.outer !== null; out--) {
      level.taken.set(`${out}.${node.name}`, fieldOf(node.name, out - 1));
      level = level.outer;
    }
    return fieldOf(node.name, depth);
  }

  #both(left: PolicyNode, right: PolicyNode, join: (left: SqlValue, right: SqlValue) => SqlValue): Evaluate {
    const [one, other] = [this.compile(left), this.compile(right)];
    return (asked) => after(one(asked), (a) => after(other(asked), (b) => join(a, b)));
  }

  /** Stops at what decides it: true for `or`, false for `and`. */
  #junction(decisive: boolean, left: PolicyNode, right: PolicyNode): Evaluate {
    const [one, other] = [this.compile(left), this.compile(right)];
    return (asked) =>
      after(one(asked), (first) => {
        const a = toTruth(first);
        if (a === decisive) return decisive;
        return after(other(asked), (second) => {
          const b = toTruth(second);
          return b === decisive ? decisive : a === null || b === null ? null : !decisive;
        });
      });
  }

  #inList(of: PolicyNode, list: readonly PolicyNode[]): Evaluate {
    const value = this.compile(of);
    const members = list.map((each) => this.compile(each));
    const within = (asked: Asked, wanted: SqlValue, at: number, truth: Truth): Later<Truth> => {
      const member = members[at];
      if (member === undefined) return truth;
      return after(member(asked), (each) => {
        const equal = compares(compareSql(wanted, each), '=');
        return equal === true ? true : within(asked, wanted, at + 1, equal === null ? null : truth);
      });
    };
    return (asked) => after(value(asked), (wanted) => within(asked, wanted, 0, false));
  }

  /** `exists (…)`, or whether a value is among those of a column. */
  #subquery(rows: PolicyRows, of: PolicyNode | null, column: PolicyNode | null): Evaluate {
    const wanted = of === null ? null : this.compile(of);
    const outer = this.#level;
    const taken = new Map<string, Evaluate>();
    this.#level = { scope: scopeOfRows(this.#schema, rows, outer.scope, this.#place), taken, outer };
    const where = rows.where === null ? () => true : this.compile(rows.where);
    const compared = column === null ? null : this.compile(column);
    const pins = rows.where === null ? [] : this.pins(rows.where);
    this.#level = outer;
    const subquery = { rows };
    const needed = [...taken.values()];

    const search = async (asked: Asked, value: SqlValue): Promise<Truth> => {
      let truth: Truth = false;
      const inside = (row: RowFrame['row']): Asked => ({ ...asked, frame: { row, outer: asked.frame } });
      await asked.rows.visit(rows.table, await this.#pinned(pins, inside(asked.frame.row)), async (row) => {
        const within = inside(row);
        if (toTruth(await where(within)) !== true) return false;
        const equal = compared === null ? true : compares(compareSql(value, await compared(within)), '=');
        if (equal !== false) truth = equal;
        return truth === true;
      });
      return truth;
    };
    return async (asked) => {
      const value = wanted === null ? null : await wanted(asked);
      const key = [value, ...(await Promise.all(needed.map(async (each) => await each(asked))))];
      return await asked.rows.remember(subquery, encodeToJson(key), () => search(asked, value));
    };
  }

  /** `asked` stands inside the subquery, on any row at all: what is pinned does not look at it. */
  async #pinned(pins: readonly PinnedField[], asked: Asked): Promise<Pin[]> {
    return await Promise.all(pins.map(async ({ field, value }) => ({ field, value: await value(asked) })));
  }

  #unknown(node: never): never {
    throw badPolicy(this.#place, [0, 1], `this was made by another version of the command line: ${JSON.stringify(node)}.`, 'Deploy again.');
  }
}

function fieldOf(name: string, depth: number): Evaluate {
  return ({ frame }) => {
    let at: RowFrame | null = frame;
    for (let out = depth; out > 0 && at !== null; out--) at = at.outer;
    return at !== null && Object.hasOwn(at.row, name) ? toSqlValue(at.row[name]) : null;
  };
}

function identityPart(part: IdentityPart): Evaluate {
  return part === 'authenticated' ? ({ caller }) => caller.uid !== null : ({ caller }) => caller[part];
}
