/**
 * A statement whose author may see only some rows: each table's name in it means those, as a name in WITH comes before that of a
 * table.
 *
 * Does not hold: whether names lead past that. The database says so, of `probe`: the same statement, where what stands in WITH
 * looks into no table at all. Whatever table is opened all the same, the author's text has reached itself.
 */
import { BetterBaseError } from '@betterbase/core';
import type { SeenRows } from '@betterbase/engine';
import { compileCondition, type ConditionTable } from '../sql/conditions/compile-condition.ts';
import { quote } from '../sql/identifier.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { SqlText, SqlValue } from '../sql/sql-value.ts';
import { isHarmless } from './harmless-statement.ts';
import { numberedFrom, skipBlank, type Statement, type Token, textOf } from './statement.ts';

export interface GuardedTable {
  readonly asked: ConditionTable;
  /** Of the SQL table, hidden ones too, in order. */
  readonly columns: readonly string[];
}

export interface GuardedStatement {
  /** What runs, its author's parameters first. */
  readonly statement: SqlText;
  readonly probe: SqlText;
}

const databases = new Set(['main', 'temp']);

/**
 * @param seen the tables of which some rows are hidden
 * @param tableNamed those, and the ones that conditions look into
 * @throws BetterBaseError `policy/unsupported`
 */
export function guardStatement(
  statement: Statement,
  params: readonly SqlValue[],
  seen: ReadonlyMap<string, SeenRows>,
  tableNamed: (name: string) => GuardedTable,
): GuardedStatement {
  const { tokens } = statement;
  refuseDatabases(tokens);
  const [head, rest] = splitWith(tokens);
  const bound = [...params];
  const how = isHarmless(tokens) ? 'NOT MATERIALIZED' : 'MATERIALIZED';
  const views = [...seen].map(([name, rows]) => {
    const { sql, params: own } = viewOf(name, rows, tableNamed);
    const text = numberedFrom(sql, bound.length);
    bound.push(...own);
    return `${quote(name)} AS ${how} (${text})`;
  });
  const listed = `?${params.length + 1}`;
  const empty = [...seen.keys()].map((name) => {
    const { columns } = tableNamed(name);
    return `${quote(name)} (${columns.map(quote).join(', ')}) AS ${how} (SELECT ${columns.map(() => 'value').join(', ')} FROM json_each(${listed}))`;
  });
  const put = (list: readonly string[]): string => (list.length === 0 ? textOf(tokens) : `${head}${list.join(', ')}${rest}`);
  return {
    statement: { sql: put(views), params: bound },
    probe: { sql: put(empty), params: empty.length === 0 ? params : [...params, '[]'] },
  };
}

/** In whatever quotes: SQLite takes a text for a name where only a name can be. */
function refuseDatabases(tokens: readonly Token[]): void {
  const named = tokens.find(({ name }, at) => databases.has(name) && tokens[skipBlank(tokens, at + 1)]?.text === '.');
  if (named === undefined) return;
  throw new BetterBaseError(
    'policy/unsupported',
    `As a user, a statement cannot have \`${named.text}.\` in it: it names a whole database.`,
    {
      hint: 'Name tables alone, and call none of them `main` or `temp`.',
    },
  );
}

/** What comes before the first of the author's own tables of WITH, if there are any, and what from there on. */
function splitWith(tokens: readonly Token[]): readonly [head: string, rest: string] {
  const first = skipBlank(tokens, 0);
  if (tokens[first]?.word !== 'with') return ['WITH ', ` ${textOf(tokens)}`];
  const second = skipBlank(tokens, first + 1);
  const isRecursive = tokens[second]?.word === 'recursive';
  return [isRecursive ? 'WITH RECURSIVE ' : 'WITH ', `, ${textOf(tokens.slice(isRecursive ? second + 1 : first + 1))}`];
}

function viewOf(name: string, rows: SeenRows, tableNamed: (name: string) => GuardedTable): SqlText {
  const whole = `SELECT * FROM ${inMain(name)} AS _bb_row WHERE`;
  switch (rows.type) {
    case 'ids':
      return { sql: `${whole} _id IN (SELECT value FROM json_each(?))`, params: [JSON.stringify(rows.ids)] };
    case 'where': {
      // A policy reads all rows of the tables that it looks into, and not those that its caller sees.
      const table = (of: string): ConditionTable => ({ ...tableNamed(of).asked, sqlName: inMain(of) });
      const where = compileCondition(rows.condition, {
        dialect: sqlite,
        table: { ...tableNamed(name).asked, sqlName: inMain(name) },
        alias: '_bb_row',
        tables: table,
      });
      return { sql: `${whole} ${where.sql}`, params: where.params };
    }
    default:
      return rows satisfies never;
  }
}

function inMain(name: string): string {
  return `main.${quote(name)}`;
}
