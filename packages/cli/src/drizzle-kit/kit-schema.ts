/**
 * The tables of a project as they are in its database, in Drizzle's words: for drizzle-kit, and for other programs that read there.
 *
 * It is what the database says of itself, so that drizzle-kit finds nothing to change.
 */
import { type ColumnLayout, type IndexLayout, layoutTable } from '@betterbase/engine';
import type { TableManifest } from '@betterbase/protocol';
import { exportName } from '../codegen/drizzle-file.ts';
import type { KitDialect } from './kit-dialect.ts';

export const kitHeader = '/* Written by `bb iac drizzle`. Do not edit. */\n';

export function kitSchema(tables: readonly TableManifest[], dialect: KitDialect): string {
  return `${kitHeader}${dialect.imports}\n${tables.map((table) => tableText(table, dialect)).join('\n')}`;
}

function tableText(table: TableManifest, dialect: KitDialect): string {
  const { columns, indexes } = layoutTable(table);
  const hidden = indexes.flatMap(({ name, by }) => (by === 'key' ? [`_k_${name}: ${dialect.key}()`] : []));
  const all = [...dialect.system, ...columns.map((column) => columnText(column, dialect)), `_extra: ${dialect.extra}()`, ...hidden];
  const named = [`uniqueIndex('${table.name}.by_id').on(table._id)`, ...indexes.map((index) => indexText(table.name, index, dialect))];
  return `export const ${exportName(table.name)} = ${dialect.table}(
  '${table.name}',
  {
${all.map((column) => `    ${column},\n`).join('')}  },
  (table) => [
${named.map((one) => `    ${one},\n`).join('')}  ],
);
`;
}

function columnText({ name, kind }: ColumnLayout, { columns, nameOf }: KitDialect): string {
  const { builder, options } = columns[kind];
  const stored = nameOf(name);
  const parameters = [...(stored === name ? [] : [`'${stored}'`]), ...(options === undefined ? [] : [options])];
  return `${name}: ${builder}(${parameters.join(', ')})`;
}

function indexText(table: string, { name, fields, unique, by }: IndexLayout, { namesPlace }: KitDialect): string {
  const columns = by === 'key' ? [`_k_${name}`] : fields;
  const all = unique || !namesPlace ? columns : [...columns, '_seq'];
  return `${unique ? 'uniqueIndex' : 'index'}('${table}.${name}').on(${all.map((column) => `table.${column}`).join(', ')})`;
}
