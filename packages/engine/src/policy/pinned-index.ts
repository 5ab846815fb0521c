import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { Pin } from './evaluation.ts';

export interface IndexChoice {
  readonly index: string;
  /** What the range begins with. */
  readonly prefix: readonly string[];
}

/**
 * An index whose first fields are pinned, the longest such; with `whole`, one whose fields all are, so that what is left of
 * its order is that of creation. Only texts can be looked up: other values may equal ones that an index keeps elsewhere, as
 * 1 and `true` are.
 */
export function indexFor(table: CatalogTable, pins: readonly Pin[], reach: 'whole' | 'prefix'): IndexChoice | null {
  const texts = new Map(pins.flatMap(({ field, value }) => (typeof value === 'string' ? [[field, value] as const] : [])));
  let best: IndexChoice | null = null;
  for (const [index, fields] of table.indexes) {
    const prefix: string[] = [];
    for (const field of fields) {
      const text = texts.get(field);
      if (text === undefined) break;
      prefix.push(text);
    }
    if (prefix.length === 0 || prefix.length <= (best?.prefix.length ?? 0)) continue;
    if (reach === 'whole' && (prefix.length !== fields.length - 1 || fields.at(-1) !== '_creationTime')) continue;
    best = { index, prefix };
  }
  return best;
}
