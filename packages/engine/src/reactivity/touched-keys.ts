import type { DocumentWrite } from '../ports/document-store.ts';
import { indexKey } from '../transaction/index-key.ts';

/** The indexes of a table, each with its ordering fields. */
export type IndexFields = (table: string) => Iterable<readonly [index: string, fields: readonly string[]]>;

/** The keys under which a write can be seen in an index: where the document was, and where it is. */
export function touchedKeys(write: DocumentWrite, fields: readonly string[]): readonly string[] {
  const before = write.before === null ? null : indexKey(write.before, fields);
  const after = write.after === null ? null : indexKey(write.after, fields);
  if (before === null) return after === null ? [] : [after];
  if (after === null || after === before) return [before];
  return [before, after];
}

/** The same for who looks at these fields alone: a write that leaves them as they were cannot be seen. */
export function changedKeys(write: DocumentWrite, fields: readonly string[]): readonly string[] {
  const keys = touchedKeys(write, fields);
  return keys.length === 1 && write.before !== null && write.after !== null ? [] : keys;
}
