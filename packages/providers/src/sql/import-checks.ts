/** What stands in the way of an import, asked by SQL over what is staged and what is there. */
import { foreignKeysOf, type ImportProblem, mostImportProblems, type NormalizedTable, type TableLayout } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import { columnsOfIndex } from './sql-table.ts';
import type { SqlRow } from './sql-value.ts';

export interface ImportCheck {
  readonly sql: string;
  /** What a row of it says. `lineOf` knows where a staged document came from. */
  readonly problem: (row: SqlRow, lineOf: (id: string) => number | null) => ImportProblem;
}

export interface CheckedTable {
  readonly name: string;
  /** Quoted. */
  readonly sqlName: string;
  readonly layout: TableLayout;
  readonly dialect: SqlDialect;
}

/** Documents that have the `_id` of another that stays. */
export function takenIds(staging: string, { name, sqlName }: CheckedTable): ImportCheck {
  return {
    sql: `SELECT s._id FROM ${staging} s JOIN ${sqlName} t ON t._id = s._id LIMIT ${mostImportProblems}`,
    problem: ([id], lineOf) => ({
      table: name,
      line: lineOf(String(id)),
      id: String(id),
      message: `there is a document \`${String(id)}\` already`,
    }),
  };
}

/** Documents that have what only one may have in common with another that stays. `isUpsert`: those with imported ids go. */
export function takenKeys(staging: string, { name, sqlName, layout, dialect }: CheckedTable, isUpsert: boolean): readonly ImportCheck[] {
  return layout.indexes.flatMap((index): ImportCheck[] => {
    if (!index.unique) return [];
    const same = columnsOfIndex(dialect, index).map((column) => `t.${column} = s.${column}`);
    const stays = isUpsert ? ` AND NOT EXISTS (SELECT 1 FROM ${staging} o WHERE o._id = t._id)` : '';
    return [
      {
        sql: `SELECT s._id, t._id AS other FROM ${staging} s JOIN ${sqlName} t ON ${same.join(' AND ')} WHERE t._id <> s._id${stays} LIMIT ${mostImportProblems}`,
        problem: ([id, other], lineOf) => ({
          table: name,
          line: lineOf(String(id)),
          id: String(id),
          message: `\`${String(other)}\` has the same ${index.fields.join(', ')}, and the index \`${index.name}\` is unique`,
        }),
      },
    ];
  });
}

export interface ReferenceRows extends Pick<CheckedTable, 'sqlName' | 'layout' | 'dialect'> {
  /** Which of the rows, called `s`; absent: all. */
  readonly where?: string;
}

/**
 * Foreign keys that name no document.
 *
 * @param from the rows to look at
 * @param holding where the documents of a table are, quoted
 * @param targets only keys to these tables; null: all
 */
export function missingReferences(
  table: NormalizedTable,
  { sqlName, layout, dialect, where }: ReferenceRows,
  holding: (table: string) => readonly string[],
  targets: readonly string[] | null,
): readonly ImportCheck[] {
  const fields = new Map<string, string[]>();
  for (const { field, target } of foreignKeysOf(table)) fields.set(field, [...(fields.get(field) ?? []), target]);
  return [...fields].flatMap(([field, named]): ImportCheck[] => {
    if (targets !== null && !named.some((each) => targets.includes(each))) return [];
    const value = idExpression(field, layout, dialect);
    const absent = named.flatMap(holding).map((each) => `NOT EXISTS (SELECT 1 FROM ${each} t WHERE t._id = ${value})`);
    const conditions = [...(where === undefined ? [] : [where]), `${value} IS NOT NULL`, ...absent];
    return [
      {
        sql: `SELECT s._id, ${value} AS missing FROM ${sqlName} s WHERE ${conditions.join(' AND ')} LIMIT ${mostImportProblems}`,
        problem: ([id, missing], lineOf) => ({
          table: table.name,
          line: lineOf(String(id)),
          id: String(id),
          message: `\`${field}\` names \`${String(missing)}\`, and there is no such document in ${named.map((each) => `\`${each}\``).join(' or ')}`,
        }),
      },
    ];
  });
}

/** The id in a field, wherever the layout keeps it; NULL if the field holds none. */
function idExpression(field: string, { columns }: TableLayout, dialect: SqlDialect): string {
  const column = columns.find(({ name }) => name === field);
  if (column?.kind === 'text') return `s.${dialect.column(field)}`;
  return column === undefined ? dialect.textIn('s._extra', field) : dialect.textIn(`s.${dialect.column(field)}`, null);
}
