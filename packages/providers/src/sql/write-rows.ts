import type { DocumentWrite, StoredDocument } from '@betterbase/engine';

/** What writes documents of one table, or notes how to. Each returns how many rows that took. */
export interface WritableTable {
  movesUniquely(before: StoredDocument, after: StoredDocument): boolean;
  insert(document: StoredDocument, now: number): number;
  update(before: StoredDocument, after: StoredDocument, now: number): number;
  delete(document: StoredDocument): number;
}

/**
 * Writes documents to their tables alone, and returns how many rows that took. Deletes come first and new keys last, so that
 * a key may go from one document to another.
 */
export function writeRows(writes: readonly DocumentWrite[], tableNamed: (name: string) => WritableTable, now: number): number {
  let rows = 0;
  const inserts: [WritableTable, StoredDocument][] = [];
  const updates: [WritableTable, StoredDocument, StoredDocument][] = [];
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
