import type { ImportProblem } from '@betterbase/engine';
import type { CheckedTable, ImportCheck } from '../sql/import-checks.ts';
import { quote } from '../sql/identifier.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

export function checkImport(disk: SqlDisk, checks: readonly ImportCheck[], lineOf: (id: string) => number | null): ImportProblem[] {
  return checks.flatMap(({ sql, problem }) => disk.read(sql).map((row) => problem(row, lineOf)));
}

export function checkedTable({ name, place, layout }: EmbeddedTable): CheckedTable {
  return { name, sqlName: quote(place.sqlName), layout, dialect: sqlite };
}
