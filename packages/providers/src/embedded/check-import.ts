/** What stands in the way of an import, found by SQL over what is staged and what is there. */
import { foreignKeysOf, type ImportProblem, mostImportProblems, type NormalizedTable, type TableLayout } from '@betterbase/engine';
import { columnsOfIndex } from '../sql/sql-table.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import { quote } from '../sql/identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import type { StagingTable } from './staging-table.ts';

/** Documents that have the `_id` of another that stays. */
export function takenIds(disk: SqlDisk, staging: StagingTable, target: EmbeddedTable): ImportProblem[] {
  const rows = disk.read(
    `SELECT s._id FROM ${staging.sqlName} s JOIN ${quote(target.name)} t ON t._id = s._id LIMIT ${mostImportProblems}`,
  );
  return rows.map(([id]) => ({
    table: target.name,
    line: staging.lineOf(String(id)),
    id: String(id),
    message: `there is a document \`${String(id)}\` already`,
  }));
}

/** Documents that have what only one may have in common with another that stays. `isUpsert`: those with imported ids go. */
export function takenKeys(disk: SqlDisk, staging: StagingTable, target: EmbeddedTable, isUpsert: boolean): ImportProblem[] {
  return target.layout.indexes.flatMap((index) => {
    if (!index.unique) return [];
    const same = columnsOfIndex(sqlite, index).map((column) => `t.${column} = s.${column}`);
    const stays = isUpsert ? ` AND NOT EXISTS (SELECT 1 FROM ${staging.sqlName} o WHERE o._id = t._id)` : '';
    const rows = disk.read(
      `SELECT s._id, t._id FROM ${staging.sqlName} s JOIN ${quote(target.name)} t ON ${same.join(' AND ')} WHERE t._id <> s._id${stays} LIMIT ${mostImportProblems}`,
    );
    return rows.map(([id, other]) => ({
      table: target.name,
      line: staging.lineOf(String(id)),
      id: String(id),
      message: `\`${String(other)}\` has the same ${index.fields.join(', ')}, and the index \`${index.name}\` is unique`,
    }));
  });
}

/**
 * Foreign keys that name no document.
 *
 * @param from the rows to look at. @param lineOf where a row came from. @param targets only keys to these tables; null: all.
 */
export function missingReferences(
  disk: SqlDisk,
  table: NormalizedTable,
  from: { readonly sqlName: string; readonly layout: TableLayout },
  lineOf: (id: string) => number | null,
  targets: readonly string[] | null,
): ImportProblem[] {
  const fields = new Map<string, string[]>();
  for (const { field, target } of foreignKeysOf(table)) fields.set(field, [...(fields.get(field) ?? []), target]);
  return [...fields].flatMap(([field, named]) => {
    if (targets !== null && !named.some((each) => targets.includes(each))) return [];
    const value = idExpression(field, from.layout);
    const absent = named.map((each) => `NOT EXISTS (SELECT 1 FROM ${quote(each)} t WHERE t._id = ${value})`);
    const rows = disk.read(
      `SELECT s._id, ${value} FROM ${from.sqlName} s WHERE ${value} IS NOT NULL AND ${absent.join(' AND ')} LIMIT ${mostImportProblems}`,
    );
    return rows.map(([id, missing]) => ({
      table: table.name,
      line: lineOf(String(id)),
      id: String(id),
      message: `\`${field}\` names \`${String(missing)}\`, and there is no such document in ${named.map((each) => `\`${each}\``).join(' or ')}`,
    }));
  });
}

/** The id in a field, wherever the layout keeps it; NULL if the field holds none. */
function idExpression(field: string, { columns }: TableLayout): string {
  const column = columns.find(({ name }) => name === field);
  if (column?.kind === 'text') return `s.${quote(field)}`;
  const [json, path] = column === undefined ? ['s._extra', `'$."${field}"'`] : [`s.${quote(field)}`, `'$'`];
  return `CASE json_type(${json}, ${path}) WHEN 'text' THEN json_extract(${json}, ${path}) END`;
}
