/** How a table's documents are columns in Postgres, as far as a condition looks at them. */
import type { SchemaManifest } from '@betterbase/protocol';
import { type ColumnLayout, layoutTable } from '../../migrate/table-layout.ts';
import { helperSchema } from './helper-functions.ts';
import { nameSql, textSql, type TypedSql } from './typed-sql.ts';

/** The columns in which programs write a table's documents, quoted. What only the store writes is not among them. */
export function writableColumns(table: SchemaManifest['tables'][number]): readonly string[] {
  return layoutTable(table).columns.map(({ name }) => nameSql(sqlName(name)));
}

export type ReadColumn = (name: string, alias: string) => TypedSql;

/** Reads columns of one table, which the query calls `alias`. */
export function columnReader(schema: SchemaManifest, table: string): ReadColumn {
  const found = schema.tables.find(({ name }) => name === table);
  const columns = found === undefined ? [] : layoutTable({ ...found, name: table }).columns;
  return (name, alias) => {
    const from = nameSql(alias);
    if (name === '_id') return { sql: `${from}."_id"`, kind: 'text' };
    if (name === '_creationTime' || name === '_updatedTime') return { sql: `${from}.${nameSql(name)}`, kind: 'number' };
    const column = columns.find((each) => each.name === name);
    const extra: TypedSql = { sql: `${helperSchema}.member(${helperSchema}.to_value(${from}."_extra"), ${textSql(name)})`, kind: 'json' };
    return column === undefined ? extra : columnSql(column, `${from}.${nameSql(sqlName(name))}`, extra);
  };
}

function columnSql({ kind }: ColumnLayout, sql: string, extra: TypedSql): TypedSql {
  switch (kind) {
    case 'text':
      return { sql, kind: 'text' };
    case 'bytes':
    case 'boolean':
      return { sql, kind };
    // Infinities, and integers that are too large for a driver, are kept in `_extra`.
    case 'real':
      return { sql: `coalesce(${sql}, ${helperSchema}.number_of(${extra.sql})::double precision)`, kind: 'number' };
    case 'int64':
      return { sql: `coalesce(${sql}, ${helperSchema}.number_of(${extra.sql})::bigint)`, kind: 'int' };
    case 'json':
      return { sql: `nullif(${helperSchema}.to_value(${sql}), 'null'::jsonb)`, kind: 'json' };
    // Compares with nothing, as any array.
    case 'vector':
      return { sql: `CASE WHEN ${sql} IS NOT NULL THEN '[]'::jsonb END`, kind: 'json' };
    default:
      return kind satisfies never;
  }
}

/** Columns that every table of Postgres has already. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

function sqlName(field: string): string {
  return systemColumns.has(field) ? `_c_${field}` : field;
}
