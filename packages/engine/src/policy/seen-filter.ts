/** What rows of one range are to be like for a caller to see them: what a store decides of it, and what is left to ask here. */
import type { Value } from '@betterbase/core';
import { asFilter, junction, known, withKnown } from '../conditions/fold-condition.ts';
import { fieldsOf, pinsOf, subqueriesOf } from '../conditions/subqueries.ts';
import { encodeKey } from '../keys/encode-key.ts';
import type { RowCondition, RowValue } from '../ports/row-condition.ts';
import { watchedRows } from '../reactivity/watched-fields.ts';
import type { Overlay } from '../transaction/overlay.ts';
import type { ReadRange } from '../transaction/read-set.ts';
import type { ScanRange } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { BoundCondition } from './bind-condition.ts';
import type { Evaluate } from './compile-condition.ts';
import type { Pin } from './evaluation.ts';

/** A condition that must hold, for one caller. */
export interface BoundPart {
  readonly bound: BoundCondition;
  readonly holds: Evaluate;
}

/** What is asked while the run has written what it has. */
export interface SeenPlan {
  /** Null: of the store nothing. */
  readonly where: RowCondition | null;
  /** What committed rows must be asked besides. */
  readonly left: readonly Evaluate[];
  /** What the store looks into for it. */
  readonly tables: ReadonlySet<string>;
  readonly reads: readonly ReadRange[];
}

export interface ExactCondition {
  readonly where: RowCondition;
  readonly reads: readonly ReadRange[];
  /** It has no more parameters. */
  readonly weight: number;
}

interface Part {
  readonly condition: RowCondition;
  readonly isExact: boolean;
  readonly holds: Evaluate;
  readonly tables: ReadonlySet<string>;
}

/** Statements have at most a hundred parameters, and databases refuse expressions that are deep. */
const mostWeight = 60;
const mostDepth = 12;

export class SeenFilter {
  readonly #parts: readonly Part[];
  #plan: SeenPlan | null = null;

  constructor(parts: readonly BoundPart[], fields: ReadonlyMap<string, Value | undefined>) {
    let room = mostWeight;
    this.#parts = parts.map(({ bound, holds }) => {
      const condition = asFilter(fields.size === 0 ? bound.condition : withKnown(bound.condition, fields));
      const { weight, depth } = measure(condition);
      if (weight > room || depth > mostDepth) return { condition: known(true), isExact: false, holds, tables: new Set() };
      room -= weight;
      return { condition, isExact: bound.isExact, holds, tables: new Set(subqueriesOf(condition).map(({ table }) => table)) };
    });
  }

  /** Whether no row is seen, whatever is in the table. */
  get isNever(): boolean {
    return this.#parts.some(({ condition }) => condition.type === 'known' && condition.truth === false);
  }

  /** Fields that have this text in every row that is seen. */
  get pins(): readonly Pin[] {
    return this.#parts.flatMap(({ condition }) => pinsOf(condition));
  }

  /** What a store would be asked for exactly the rows that are seen; null where it cannot say. */
  whole(): ExactCondition | null {
    if (this.#parts.some(({ isExact }) => !isExact)) return null;
    const where = asFilter(
      junction(
        'and',
        this.#parts.map(({ condition }) => condition),
      ),
    );
    return { where, reads: readsOf(where), weight: measure(where).weight };
  }

  /** What the run has written no store knows: conditions that look there are asked here. */
  plan(overlay: Overlay): SeenPlan {
    const plan = this.#plan;
    if (plan !== null && !isOutdated(plan, overlay)) return plan;
    const asked = this.#parts.filter(({ tables }) => [...tables].every((table) => !overlay.hasTable(table)));
    const where = asFilter(
      junction(
        'and',
        asked.map(({ condition }) => condition),
      ),
    );
    const left = this.#parts.filter((part) => !part.isExact || !asked.includes(part)).map(({ holds }) => holds);
    this.#plan = {
      where: where.type === 'known' && where.truth === true ? null : where,
      left,
      tables: new Set(asked.flatMap(({ tables }) => [...tables])),
      reads: readsOf(where),
    };
    return this.#plan;
  }
}

/** Whether the run has written since to what the store is asked about. */
export function isOutdated({ tables }: SeenPlan, overlay: Overlay): boolean {
  if (overlay.size === 0) return false;
  for (const table of tables) if (overlay.hasTable(table)) return true;
  return false;
}

/** The fields that have one value in the whole range. */
export function fieldsOfRange({ indexes }: CatalogTable, { index, lower, upper }: ScanRange): ReadonlyMap<string, Value | undefined> {
  const fields = new Map<string, Value | undefined>();
  for (const [at, field] of (indexes.get(index) ?? []).entries()) {
    if (at >= lower.prefix.length || at >= upper.prefix.length || field.includes('.')) break;
    const value = lower.prefix[at];
    if (encodeKey([value]) !== encodeKey([upper.prefix[at]])) break;
    fields.set(field, value);
  }
  return fields;
}

/** What decides about rows besides themselves: of each subquery's table the rows that have what is asked of every one. */
function readsOf(condition: RowCondition): ReadRange[] {
  return subqueriesOf(condition).map(({ table, where }) => watchedRows(table, pinsOf(where), fieldsOf(where)));
}

function measure(condition: RowCondition): { readonly weight: number; readonly depth: number } {
  switch (condition.type) {
    case 'known':
      return { weight: 0, depth: 1 };
    case 'and':
    case 'or': {
      const all = condition.all.map(measure);
      return { weight: all.reduce((sum, { weight }) => sum + weight, 0), depth: 1 + Math.max(...all.map(({ depth }) => depth)) };
    }
    case 'not':
    case 'is':
      return deeper(measure(condition.of), 0);
    case 'exists':
      return deeper(measure(condition.where), 1);
    case 'is-null':
    case 'holds':
      return { weight: 1, depth: 1 };
    // In JSON a number is looked for by each way to write it.
    case 'compare':
      return { weight: [condition.left, condition.right].some(isNumber) ? 4 : 2, depth: 1 };
    case 'like':
      return { weight: 2, depth: 1 };
    default:
      return condition satisfies never;
  }
}

function isNumber(side: RowValue): boolean {
  return side.type === 'value' && (typeof side.value === 'number' || typeof side.value === 'boolean');
}

function deeper({ weight, depth }: ReturnType<typeof measure>, more: number): ReturnType<typeof measure> {
  return { weight: weight + more, depth: depth + 1 };
}
