/** What rows of one range are to be like for a caller to see them: what a store decides of it, and what is left to ask here. */
import type { Value } from '@betterbase/core';
import { asFilter, junction, known, withKnown } from '../conditions/fold-condition.ts';
import { encodeKey } from '../keys/encode-key.ts';
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import type { RowCondition } from '../ports/row-condition.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { Overlay } from '../transaction/overlay.ts';
import type { ReadRange } from '../transaction/read-set.ts';
import type { ScanRange } from '../transaction/read-view.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import type { BoundCondition } from './bind-condition.ts';
import type { Evaluate } from './compile-condition.ts';
import type { Pin } from './evaluation.ts';
import { type IndexChoice, indexFor } from './pinned-index.ts';

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
  readonly #catalog: TableCatalog;
  #plan: SeenPlan | null = null;

  constructor(parts: readonly BoundPart[], fields: ReadonlyMap<string, Value | undefined>, catalog: TableCatalog) {
    this.#catalog = catalog;
    let room = mostWeight;
    this.#parts = parts.map(({ bound, holds }) => {
      const condition = asFilter(fields.size === 0 ? bound.condition : withKnown(bound.condition, fields));
      const { weight, depth } = measure(condition);
      if (weight > room || depth > mostDepth) return { condition: known(true), isExact: false, holds, tables: new Set() };
      room -= weight;
      return { condition, isExact: bound.isExact, holds, tables: new Set(tablesOf(condition)) };
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
      reads: readsOf(where, this.#catalog),
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

function pinsOf(condition: RowCondition): Pin[] {
  if (condition.type === 'and') return condition.all.flatMap(pinsOf);
  if (condition.type !== 'compare' || condition.by !== '=') return [];
  const { left, right } = condition;
  const [field, other] = left.type === 'field' ? [left, right] : [right, left];
  if (field.type !== 'field' || other.type !== 'value' || field.up !== 0 || field.path.length > 0) return [];
  return [{ field: field.name, value: other.value }];
}

function subqueriesOf(condition: RowCondition): Extract<RowCondition, { readonly type: 'exists' }>[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.all.flatMap(subqueriesOf);
    case 'not':
    case 'is':
      return subqueriesOf(condition.of);
    case 'exists':
      return [condition, ...subqueriesOf(condition.where)];
    default:
      return [];
  }
}

function tablesOf(condition: RowCondition): string[] {
  return subqueriesOf(condition).map(({ table }) => table);
}

/** What decides about rows besides themselves: of each subquery's table the rows that have what is asked of every one. */
function readsOf(condition: RowCondition, catalog: TableCatalog): ReadRange[] {
  return subqueriesOf(condition).map(({ table: name, where }) => {
    const table = catalog.get(name);
    const choice: IndexChoice = indexFor(table, pinsOf(where), 'prefix') ?? { index: byCreationTime, prefix: [] };
    const end = { prefix: choice.prefix, inclusive: true };
    return { table: name, index: choice.index, lower: lowerBoundKey(end), upper: upperBoundKey(end) };
  });
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
    // Inside JSON a number is looked for by each way to write it.
    case 'compare':
      return { weight: [condition.left, condition.right].some((side) => side.type === 'field' && side.path.length > 0) ? 4 : 2, depth: 1 };
    case 'like':
      return { weight: 2, depth: 1 };
    default:
      return condition satisfies never;
  }
}

function deeper({ weight, depth }: ReturnType<typeof measure>, more: number): ReturnType<typeof measure> {
  return { weight: weight + more, depth: depth + 1 };
}
