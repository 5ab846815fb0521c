import type { StoredDocument } from '@betterbase/engine';
import type { SqlDisk } from '../disk/sql-disk.ts';
import type { TableCodec } from '../sql/table-codec.ts';

/** Rows may have 2 MB each: what is held at once must stay small. */
const chunk = 32;

/** Calls `work` with every document of a SQL table in creation order, until it returns false. */
export function eachDocument(
  disk: SqlDisk,
  sqlName: string,
  codec: TableCodec,
  work: (document: StoredDocument, updatedTime: number) => boolean,
): void {
  let place = Number.NEGATIVE_INFINITY;
  for (;;) {
    const rows = disk.read(`SELECT ${codec.selected}, _updatedTime FROM ${sqlName} WHERE _seq > ? ORDER BY _seq LIMIT ${chunk}`, place);
    for (const row of rows) {
      if (!work(codec.decode(row), Number(row.at(-1)))) return;
    }
    if (rows.length < chunk) return;
    place = Number(rows.at(-1)?.[0]);
  }
}
