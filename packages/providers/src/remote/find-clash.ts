/** Which documents stand in each other's way. The database says only that some do. */
import type { BetterBaseError } from '@betterbase/core';
import type { DocumentWrite, IndexLayout, StoredDocument } from '@betterbase/engine';
import { placeOf, type SqlTable, type UniqueColumns } from '../sql/sql-table.ts';
import { firstClashText, sameKeyText } from '../sql/table-texts.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import type { RemoteLink } from './remote-link.ts';

interface Wanted {
  readonly table: SqlTable;
  readonly unique: UniqueColumns;
  readonly document: StoredDocument;
  readonly key: readonly SqlValue[];
}

const nobody: ReadonlySet<string> = new Set();

/**
 * Why a commit was refused: a new key that another document of it has, or one that stays as it is. One round trip at most.
 *
 * @param passing ids that will not be there any more
 */
export async function findClash(
  link: RemoteLink,
  writes: readonly DocumentWrite[],
  tableNamed: (name: string) => SqlTable,
  cause: unknown,
  passing: ReadonlySet<string> = nobody,
): Promise<BetterBaseError | null> {
  const wanted = writes.flatMap(({ table, after }) => (after === null ? [] : wantedKeys(tableNamed(table), after)));
  const first = new Map<string, Wanted>();
  for (const each of wanted) {
    const text = JSON.stringify([each.table.name, each.unique.index.name, each.key.map(comparable)]);
    const other = first.get(text);
    if (other !== undefined) return each.table.clash(each.unique.index, each.document, [other.document._id, each.document._id], cause);
    first.set(text, each);
  }
  if (wanted.length === 0) return null;
  const written = new Set(writes.map(({ id }) => id));
  const found = await link.read(wanted.map(({ unique, document, key }) => ({ sql: unique.findText, params: [...key, placeOf(document)] })));
  for (const [at, { table, unique, document }] of wanted.entries()) {
    const other = found[at]?.map(([id]) => String(id)).find((id) => !written.has(id) && !passing.has(id));
    if (other !== undefined) return table.clash(unique.index, document, [other, document._id], cause);
  }
  return null;
}

/** The first documents that a new unique index has room for only one of. */
export async function findFirstClash(
  link: RemoteLink,
  table: SqlTable,
  indexes: readonly IndexLayout[],
  cause: unknown,
): Promise<BetterBaseError | null> {
  for (const index of indexes) {
    const [rows] = await link.read([{ sql: firstClashText(table, index), params: [] }]);
    const row = rows?.[0];
    if (row === undefined) continue;
    const document = table.codec.decode(row);
    const [same = []] = await link.read([{ sql: sameKeyText(table, index), params: [document._id] }]);
    return table.clash(
      index,
      document,
      same.map(([id]) => String(id)),
      cause,
    );
  }
  return null;
}

function wantedKeys(table: SqlTable, document: StoredDocument): Wanted[] {
  if (table.uniques.length === 0) return [];
  const row = table.codec.encode(document);
  return table.uniques.map((unique) => ({ table, unique, document, key: unique.positions.map((position) => row[position] ?? null) }));
}

function comparable(value: SqlValue): unknown {
  return value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value;
}
