/** How the database means to find what a statement reads. */
import type { SqlPlan } from '@betterbase/engine';
import type { SqlRow } from '../disk/sql-disk.ts';
import { skipBlank, type Token } from './statement.ts';

type Step = SqlPlan['steps'][number];

/** `rows` of EXPLAIN QUERY PLAN. `named` says which table a name or alias in it means. */
export function planOf(rows: readonly SqlRow[], tokens: readonly Token[], isTable: (name: string) => boolean): SqlPlan {
  const aliases = aliasesOf(tokens, isTable);
  return {
    steps: rows.map((row) => stepOf(String(row[3]), (name) => aliases.get(name.toLowerCase()) ?? name)),
    compared: comparisonsOf(tokens),
  };
}

const scan = /^SCAN (?<name>\S+)(?: USING (?:COVERING )?INDEX (?<index>\S+))?/;
const search =
  /^SEARCH (?<name>\S+) USING (?<automatic>AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?(?:INDEX (?<index>[^\s(]+)|INDEX|INTEGER PRIMARY KEY)\s*\((?<by>.*)\)/;
const sort = /^USE TEMP B-TREE FOR (?<what>.*)/;

function stepOf(detail: string, table: (name: string) => string): Step {
  const scanned = scan.exec(detail)?.groups;
  if (scanned !== undefined && !/VIRTUAL TABLE|CONSTANT ROW|^SCAN \(/.test(detail)) {
    const name = table(scanned['name'] ?? '');
    const along = scanned['index'] === undefined ? '' : ` along \`${scanned['index']}\``;
    return { words: `Reads all of \`${name}\`${along}.`, scans: name, looksUp: null };
  }
  const found = search.exec(detail)?.groups;
  if (found !== undefined) {
    const name = table(found['name'] ?? '');
    const index = found['index'];
    if (found['automatic'] !== undefined)
      return { words: `Makes an index of \`${name}\` for this one statement (${found['by']}).`, scans: null, looksUp: name };
    return {
      words: `Looks into \`${name}\` by ${index === undefined ? 'place' : `\`${index}\``} (${found['by']}).`,
      scans: null,
      looksUp: null,
    };
  }
  const sorted = sort.exec(detail)?.groups?.['what'];
  return { words: sorted === undefined ? `${detail}.` : `Sorts in memory for ${sorted}.`, scans: null, looksUp: null };
}

/** `FROM tasks AS t`, `JOIN tasks t` */
function aliasesOf(tokens: readonly Token[], isTable: (name: string) => boolean): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  tokens.forEach(({ name, text }, at) => {
    const table = /^["`[]/.test(text) ? text.slice(1, -1) : text;
    if (name === '' || !isTable(table)) return;
    aliases.set(name, table);
    let next = skipBlank(tokens, at + 1);
    if (tokens[next]?.word === 'as') next = skipBlank(tokens, next + 1);
    const alias = tokens[next]?.name ?? '';
    if (alias !== '' && next > at + 1) aliases.set(alias, table);
  });
  return aliases;
}

/** The columns that stand to the left of a comparison. */
function comparisonsOf(tokens: readonly Token[]): SqlPlan['compared'] {
  const where = tokens.findIndex(({ word }) => word === 'where' || word === 'on');
  if (where < 0) return [];
  return tokens.flatMap(({ name, text }, at): SqlPlan['compared'] => {
    if (at < where || name === '' || text.startsWith("'")) return [];
    const next = tokens[skipBlank(tokens, at + 1)];
    const operator = next?.word === '' ? next.text : (next?.word ?? '');
    const field = /^["`[]/.test(text) ? text.slice(1, -1) : text;
    if (operator === '=' || operator === 'is' || operator === 'in') return [{ field, by: 'eq' }];
    return operator === '<' || operator === '>' || operator === 'between' ? [{ field, by: 'range' }] : [];
  });
}
