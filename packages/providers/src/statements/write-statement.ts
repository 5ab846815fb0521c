/**
 * A statement that changes documents, in the words in which it is run: each row that it touches says first which row it is,
 * and new rows get what the engine gives to new documents. Everything else is as its author wrote it.
 */
import { refused, skipBlank, type Statement, textOf, type Token } from './statement.ts';

export interface WriteStatement {
  /** The columns that it gives back begin with those of the row that it touched. An INSERT wants one parameter more: `newDocuments`. */
  readonly text: string;
  /** How many rows it inserts, if its text says so; null for those that a SELECT finds. Not an INSERT: 0. */
  readonly inserts: number | null;
  /** Whether it says what is to happen when a unique index is in the way. */
  readonly conflict: 'none' | 'named' | 'any';
}

/** What an author may not set, by name in lower case; rowids too, unless the table has columns of these names. */
const given = /^(?:_id|_seq|_extra|_creationtime|_updatedtime|_createdat|_updatedat|_k_.*)$/;
const rowids = /^(?:rowid|oid|_rowid_)$/;

/** Refuses what can be told to be no good before the database looks at it. @throws BetterBaseError `query/bad-sql` */
export function assertUnderstood({ kind, tokens, verb }: Statement): void {
  if (kind === 'insert') insertHead(tokens, verb);
}

export interface WriteTarget {
  /** The columns that make a document. */
  readonly selected: readonly string[];
  readonly isColumn: (name: string) => boolean;
}

/** What an INSERT is offered for its rows: places and ids, and the time. */
export function newDocuments(documents: readonly { readonly id: string; readonly place: number }[], now: number): string {
  return JSON.stringify({ at: now, rows: documents.map(({ id, place }) => [place, id]) });
}

/** @throws BetterBaseError `query/bad-sql` */
export function writeStatement({ kind, tokens, verb, parameters }: Statement, { selected, isColumn }: WriteTarget): WriteStatement {
  const returning = tokens.findIndex(({ word, depth }, at) => at > verb && depth === 0 && word === 'returning');
  const body = returning < 0 ? tokens : tokens.slice(0, returning);
  const asked = returning < 0 ? '' : `, ${textOf(tokens.slice(returning + 1))}`;
  const written = kind === 'insert' ? insertStatement(body, verb, { isColumn, offer: `?${parameters + 1}` }) : changeStatement(body, verb);
  // Under names that none of the asked has: some databases tell columns by their names.
  const touched = selected.map((column, at) => `${column} AS _bb_${at}`);
  return { ...written, text: `${written.text} RETURNING ${touched.join(', ')}${asked}` };
}

function changeStatement(tokens: readonly Token[], verb: number): WriteStatement {
  if (tokens[skipBlank(tokens, verb + 1)]?.word === 'or') throw refused('UPDATE OR … is not understood here', 'Write UPDATE alone.');
  return { text: textOf(tokens), inserts: 0, conflict: 'none' };
}

function insertStatement(
  tokens: readonly Token[],
  verb: number,
  { isColumn, offer }: { readonly isColumn: WriteTarget['isColumn']; readonly offer: string },
): WriteStatement {
  const { columns, open, close, ignores } = insertHead(tokens, verb);
  for (const name of columns) {
    if (given.test(name) || (rowids.test(name) && !isColumn(name)))
      throw refused(`it names \`${name}\`, which the database sets`, 'Leave it out; RETURNING gives it back.');
  }
  const clash = tokens.findIndex(
    ({ word, depth }, at) => at > close && depth === 0 && word === 'on' && tokens[skipBlank(tokens, at + 1)]?.word === 'conflict',
  );
  if (ignores && clash >= 0) throw refused('it has both OR IGNORE and ON CONFLICT', 'Write one of them.');
  const body = tokens.slice(close + 1, clash < 0 ? tokens.length : clash);
  const names = columns.map((_, position) => `_bb_${position}`);
  // The names that begin with `_bb_` are no author's: statements with such names are refused before.
  const text = [
    textOf(tokens.slice(0, verb)),
    'INSERT INTO',
    textOf(tokens.slice(intoTarget(tokens, verb), open)),
    `(_seq, _id, _updatedTime, ${textOf(tokens.slice(open + 1, close))})`,
    `WITH _bb_new (n, seq, id) AS MATERIALIZED (SELECT key + 1, value ->> 0, value ->> 1 FROM json_each(${offer}, '$.rows')),`,
    `_bb_rows (_bb_n, ${names.join(', ')}) AS (SELECT row_number() OVER (), * FROM (${textOf(body)}))`,
    `SELECT _bb_new.seq, _bb_new.id, ${offer} ->> 'at', ${names.join(', ')}`,
    'FROM _bb_rows LEFT JOIN _bb_new ON _bb_new.n = _bb_rows._bb_n WHERE true',
    clash < 0 ? '' : textOf(tokens.slice(clash)),
    ignores ? 'ON CONFLICT DO NOTHING' : '',
  ];
  return { text: text.filter((part) => part !== '').join(' '), inserts: tuples(body), conflict: conflictOf(tokens, clash, ignores) };
}

interface InsertHead {
  readonly columns: readonly string[];
  readonly open: number;
  readonly close: number;
  readonly ignores: boolean;
}

/** `INSERT [OR …] INTO name [AS alias] (columns)` */
function insertHead(tokens: readonly Token[], verb: number): InsertHead {
  const or = skipBlank(tokens, verb + 1);
  const action = tokens[or]?.word === 'or' ? tokens[skipBlank(tokens, or + 1)]?.word : undefined;
  if (tokens[verb]?.word === 'replace' || (action !== undefined && action !== 'ignore' && action !== 'abort'))
    throw refused('it would replace documents unseen', 'Write INSERT … ON CONFLICT (…) DO UPDATE SET ….');
  const open = tokens.findIndex(({ text, depth }, at) => at > verb && depth === 0 && text === '(');
  const bare = tokens.findIndex(
    ({ word, depth }, at) => at > verb && depth === 0 && (word === 'values' || word === 'select' || word === 'default' || word === 'with'),
  );
  if (open < 0 || (bare >= 0 && bare < open))
    throw refused('it does not name its columns', 'Write INSERT INTO table (a, b) VALUES (?, ?).');
  const close = tokens.findIndex(({ text, depth }, at) => at > open && depth === 0 && text === ')');
  const columns = tokens.slice(open + 1, close).flatMap(({ name }) => (name === '' ? [] : [name]));
  return { columns, open, close, ignores: action === 'ignore' };
}

function intoTarget(tokens: readonly Token[], verb: number): number {
  return tokens.findIndex(({ word, depth }, at) => at > verb && depth === 0 && word === 'into') + 1;
}

function tuples(body: readonly Token[]): number | null {
  if (body[skipBlank(body, 0)]?.word !== 'values') return null;
  return body.filter(({ text, depth }) => depth === 0 && text === '(').length;
}

function conflictOf(tokens: readonly Token[], clash: number, ignores: boolean): WriteStatement['conflict'] {
  if (ignores) return 'any';
  if (clash < 0) return 'none';
  const conflict = skipBlank(tokens, clash + 1);
  return tokens[skipBlank(tokens, conflict + 1)]?.text === '(' ? 'named' : 'any';
}
