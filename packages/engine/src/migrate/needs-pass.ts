import { isSameJson } from './same-json.ts';
import type { TableStep } from './plan-migration.ts';
import { layoutTable } from './table-layout.ts';
import { isWidening } from './widening.ts';

/** Whether a step has to look at every document of its table. */
export function needsPass({ old, next, parts, recheck }: TableStep): boolean {
  if (old === null || !next.active) return false;
  if (parts !== null) return true;
  if (recheck && !isWidening(old.document, next.document)) return true;
  const known = new Set(old.indexes.map(({ name }) => name));
  if (next.indexes.some((index) => !known.has(index.name) || !old.indexes.some((each) => isSameJson(each, index)))) return true;
  const columns = new Map(layoutTable(next).columns.map((column) => [column.name, column]));
  return layoutTable(old).columns.some((column) => {
    const kept = columns.get(column.name);
    return kept !== undefined && !isSameJson(kept, column);
  });
}
