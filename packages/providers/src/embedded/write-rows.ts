import type { DocumentWrite, StoredDocument } from '@betterbase/engine';
import type { EmbeddedTable } from './embedded-table.ts';

/**
 * Writes documents to their tables alone, and returns how many rows that took. Deletes come first and new keys last, so that
 * a key may go from one document to another.
 */
export function writeRows(writes: readonly DocumentWrite[], tableNamed: (name: string) => EmbeddedTable, now: number): number {
  let rows = 0;
  const inserts: [EmbeddedTable, StoredDocument][] = [];
  const updates: [EmbeddedTable, StoredDocument, StoredDocument][] = [];
  for (const write of writes) {
    const table = tableNamed(write.table);
    const { before, after } = write;
    if (after !== null && before !== null && !(writes.length > 1 && table.movesUniquely(before, after)))
      updates.push([table, before, after]);
    else {
      if (before !== null) rows += table.delete(before);
      if (after !== null) inserts.push([table, after]);
    }
  }
  for (const [table, before, after] of updates) rows += table.update(before, after, now);
  for (const [table, after] of inserts) rows += table.insert(after, now);
  return rows;
}
