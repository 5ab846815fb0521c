import { quote } from '../sql/identifier.ts';
import { writeRows } from '../sql/write-rows.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { SqlDisk, SqlRow } from '../disk/sql-disk.ts';
import type { Attempt, Attempted } from '../statements/sql-statements.ts';
import { tryOut } from '../disk/try-out.ts';

/** Runs a statement on the tables themselves, in a transaction that is taken back. */
export function attemptStatement(
  disk: SqlDisk,
  tableNamed: (name: string) => EmbeddedTable,
  { text, params, changes, own, now }: Attempt,
): Attempted {
  const run = (): Attempted['answer'] => disk.query(text, ...params);
  const isPlain = changes === null && own.length === 0;
  const answer = isPlain
    ? run()
    : tryOut(disk, () => {
        writeRows(own, tableNamed, now);
        return run();
      });
  return { answer, rowsAt: (places) => (changes === null ? [] : rowsOf(disk, tableNamed(changes), places)) };
}

function rowsOf(disk: SqlDisk, { codec, place }: EmbeddedTable, places: readonly number[]): readonly SqlRow[] {
  if (places.length === 0) return [];
  const text = `SELECT ${codec.selected} FROM ${quote(place.sqlName)} WHERE _seq IN (SELECT value FROM json_each(?))`;
  return disk.read(text, JSON.stringify(places));
}
