/** How a table's documents are columns in Postgres, as far as a condition looks at them. */
import type { SchemaManifest } from '@betterbase/protocol';
import { layoutTable } from '../../migrate/table-layout.ts';
import type { ColumnKind } from '../../migrate/column-kind.ts';
import { nameSql, type SqlKind, textSql, type TypedSql } from './typed-sql.ts';

const kinds: Readonly<Record<ColumnKind, SqlKind>> = {
  text: 'text',
  real: 'number',
  boolean: 'boolean',
  int64: 'int',
  bytes: 'bytes',
  // Vectors compare with nothing.
  vector: 'null',
  json: 'json',
};

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
    if (column === undefined) return { sql: `betterbase.member(${from}."_extra"::jsonb, ${textSql(name)})`, kind: 'json' };
    const sql = `${from}.${nameSql(name)}`;
    const kind = kinds[column.kind];
    if (kind === 'null') return { sql: 'NULL', kind };
    return { sql: kind === 'json' ? `nullif(${sql}::jsonb, 'null'::jsonb)` : sql, kind };
  };
}
