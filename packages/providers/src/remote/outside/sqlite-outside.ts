/** How SQLite notes what others write: a trigger for each thing that can happen to a row. */
import { quote } from '../../sql/identifier.ts';
import { columnsOfIndex, type SqlTable } from '../../sql/sql-table.ts';
import type { SqlValue } from '../../sql/sql-value.ts';
import { bytesOfHex, decodeListOfLists, listOfLists, type OutsideDialect, provisionalId, rowColumns } from './outside-dialect.ts';

const isForeign = '(SELECT ours FROM _bb_meta) IS NOT 1';
const bump = 'UPDATE _bb_meta SET version = version + 1;';
const now = "(julianday('now') - 2440587.5) * 86400000.0";

export const sqliteOutside: OutsideDialect = {
  defaults: { seq: null, id: `'${provisionalId}' || lower(hex(randomblob(16)))`, updatedTime: now },
  tables: [],
  catalogue: {
    columns: `SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT GLOB '_cf_*' AND m.name NOT GLOB '_bb_*'`,
    indexes: `SELECT tbl_name AS table_name, name FROM sqlite_master WHERE type = 'index'`,
    triggers: `SELECT tbl_name AS table_name, name FROM sqlite_master WHERE type = 'trigger'`,
  },
  watch: (table, number) => {
    const created = triggersOf(table, number);
    const triggers = created.map(({ name }) => name);
    return {
      triggers,
      createTexts: created.map(({ text }) => text),
      dropTexts: triggers.map((name) => `DROP TRIGGER IF EXISTS ${quote(name)}`),
    };
  },
  decodeImage: (text) => decodeListOfLists(text).map((literal) => decodeLiteral(String(literal))),
};

function triggersOf(table: SqlTable, number: number): readonly { readonly name: string; readonly text: string }[] {
  const trigger = (what: string, when: string, condition: string, body: string): { readonly name: string; readonly text: string } => {
    const name = `_bb_out.${number}.${what}`;
    return { name, text: `CREATE TRIGGER ${quote(name)} ${when} ON ${table.sqlName} WHEN ${isForeign}${condition} BEGIN ${body} END` };
  };
  const note = (place: string, before: string, from: string): string =>
    `INSERT INTO _bb_changes (version, table_number, place, before) SELECT (SELECT version FROM _bb_meta), ${number}, ${place}, ${before}${from};`;
  const columns = rowColumns(table);
  const changeable = columns.slice(0, -1).join(', ');
  // REPLACE deletes rows without a word to the triggers of deletes.
  const inTheWay = `FROM ${table.sqlName} AS _bb_way WHERE ${clashes(table)}`;
  const others = `${inTheWay} AND _bb_way._seq <> OLD._seq`;
  const replaced = (rows: string): string => `${bump} ${note('_bb_way._seq', image(columns, '_bb_way'), ` ${rows}`)}`;
  return [
    trigger('replaces', 'BEFORE INSERT', ` AND EXISTS (SELECT 1 ${inTheWay})`, replaced(inTheWay)),
    trigger('overwrites', `BEFORE UPDATE OF ${changeable}`, ` AND EXISTS (SELECT 1 ${others})`, replaced(others)),
    trigger('inserts', 'AFTER INSERT', '', `${bump} ${note('NEW._seq', 'NULL', '')}`),
    trigger(
      'updates',
      `AFTER UPDATE OF ${changeable}`,
      '',
      `${bump} ${note('OLD._seq', image(columns, 'OLD'), '')} ${note('NEW._seq', 'NULL', ' WHERE NEW._seq <> OLD._seq')} UPDATE ${table.sqlName} SET _updatedTime = ${now} WHERE _seq = NEW._seq;`,
    ),
    trigger('deletes', 'AFTER DELETE', '', `${bump} ${note('OLD._seq', image(columns, 'OLD'), '')}`),
  ];
}

/** `quote` alone writes every value so that it can be read back exactly. */
function image(columns: readonly string[], row: string): string {
  return listOfLists(
    'json_array',
    columns.map((name) => `quote(${row}.${name})`),
  );
}

/** Rows that would share a key with the new one. Hidden keys are nobody's but ours to write. */
function clashes({ layout, codec }: SqlTable): string {
  const unique = layout.indexes
    .filter((index) => index.unique && index.by === 'fields')
    .map((index) => columnsOfIndex(codec.dialect, index));
  const keys = [['_seq'], ['_id'], ...unique].map((names) => names.map((name) => `_bb_way.${name} = NEW.${name}`).join(' AND '));
  return `(${keys.map((key) => `(${key})`).join(' OR ')})`;
}

/** What `quote` gives for a value, as the value that a driver gives. */
function decodeLiteral(literal: string): SqlValue {
  if (literal === 'NULL') return null;
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'");
  if (literal.startsWith("X'")) return bytesOfHex(literal.slice(2, -1));
  const number = Number(literal);
  return /^-?\d+$/.test(literal) && !Number.isSafeInteger(number) ? literal : number;
}
